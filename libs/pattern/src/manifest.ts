import {
  diagnose,
  manifestLimits,
  readYaml,
  validate,
  type DocumentPath,
  type YamlDocument,
} from '@meshwright/document';
import type { Diagnostic, KubernetesObject } from '@meshwright/model';
import { z } from 'zod';

/** One Kubernetes object and where it stands. */
export interface ManifestObject {
  object: KubernetesObject;
  file: string;
  line: number;
  column: number;
}

/** The objects of one file that are sound, and what is wrong with the others. */
export interface Manifest {
  objects: ManifestObject[];
  diagnostics: Diagnostic[];
}

const textMap = z.record(z.string(), z.string()).nullish();

/** What every Kubernetes object has; the rest is the API server's to judge. Names as in its path segment check. */
const envelope = z.looseObject({
  apiVersion: z
    .string()
    .min(1)
    .max(317)
    .regex(/^(?:[a-z0-9](?:[-.a-z0-9]*[a-z0-9])?\/)?[a-z0-9]+$/, 'must be like v1 or apps/v1'),
  kind: z
    .string()
    .min(1)
    .max(63)
    .regex(/^[A-Za-z][A-Za-z0-9]*$/, 'must be the name of a kind'),
  metadata: z.looseObject({
    name: z
      .string()
      .min(1)
      .max(253)
      .regex(/^(?!\.{1,2}$)[^/%\p{Cc}]+$/u, 'must be a name without / and %'),
    namespace: z
      .string()
      .max(63)
      .regex(/^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/, 'must be the name of a namespace')
      .nullish(),
    labels: textMap,
    annotations: textMap,
  }),
});

/** What the API server writes into objects; it has no place in a desired state. */
const serverMetadata = [
  'managedFields',
  'uid',
  'resourceVersion',
  'creationTimestamp',
  'generation',
  'selfLink',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
] as const;

/** Reads a file of Kubernetes objects, YAML or JSON, any number of documents; `List`s are taken apart. */
export function readManifest(bytes: Uint8Array, file: string, byteLimit: number): Manifest {
  const { documents, diagnostics } = readYaml(bytes, {
    file,
    limits: { ...manifestLimits, bytes: byteLimit },
    // A Secret is refused below; until then no line that may be part of one is shown.
    showSource: !/kind["']?\s*:\s*["']?Secret/.test(Buffer.from(bytes).toString('latin1')),
  });
  const manifest: Manifest = { objects: [], diagnostics };
  for (const document of documents) {
    if (document.value === null) continue;
    for (const path of objectPaths(document)) readObject(document, path, manifest);
  }
  if (manifest.objects.length === 0 && diagnostics.length === 0) {
    const message = 'the file has no Kubernetes objects';
    diagnostics.push({ code: 'empty-file', severity: 'warning', message, file });
  }
  return manifest;
}

/** As kubectl tells a list: a kind that ends with List, and items. */
function objectPaths(document: YamlDocument): DocumentPath[] {
  const { value } = document;
  if (!isRecord(value) || !Array.isArray(value.items)) return [[]];
  if (typeof value.kind !== 'string' || !value.kind.endsWith('List')) return [[]];
  return value.items.map((_, index) => ['items', index]);
}

function readObject(document: YamlDocument, at: DocumentPath, manifest: Manifest): void {
  const raw =
    at.length === 0 ? document.value : (document.value as { items: unknown[] }).items[Number(at[1])];
  const refusal = refuse(document, at, raw);
  if (refusal !== undefined) {
    manifest.diagnostics.push(refusal);
    return;
  }
  const { value, diagnostics } = validate(envelope, document, { at });
  if (diagnostics !== undefined) {
    manifest.diagnostics.push(...diagnostics);
    return;
  }
  const { object, dropped } = withoutServerFields(value);
  for (const path of dropped) {
    manifest.diagnostics.push(
      diagnose(document, {
        code: 'server-field',
        severity: 'warning',
        message: `${path.join('.')} is set by the API server and is left out`,
        path: [...at, ...path],
        part: 'key',
        suggestion: 'Remove it.',
      }),
    );
  }
  const { line, column } = document.locate(at);
  manifest.objects.push({ object, file: document.file, line, column });
}

/** What is refused whatever else is in the object. */
function refuse(document: YamlDocument, at: DocumentPath, raw: unknown): Diagnostic | undefined {
  if (!isRecord(raw)) return undefined;
  if (raw.kind === 'Secret' && (raw.apiVersion === 'v1' || typeof raw.apiVersion !== 'string')) {
    return diagnose(document, {
      code: 'secret-in-git',
      message:
        'Secrets do not belong in Git: everybody who reads the repository, now or later, reads this one',
      path: [...at, 'kind'],
      suggestion:
        'Remove it and replace what it holds; let an operator make the Secret on the cluster (External Secrets, Sealed Secrets).',
    });
  }
  if (isRecord(raw.metadata) && raw.metadata.generateName !== undefined) {
    return diagnose(document, {
      code: 'generated-name',
      message: 'metadata.generateName makes another object each time it is applied',
      path: [...at, 'metadata', 'generateName'],
      part: 'key',
      suggestion: 'Give the object a metadata.name.',
    });
  }
  if (
    typeof raw.kind === 'string' &&
    raw.kind.endsWith('List') &&
    Array.isArray(raw.items) &&
    at.length > 0
  ) {
    return diagnose(document, { code: 'nested-list', message: 'a List inside a List is refused', path: at });
  }
  return undefined;
}

function withoutServerFields(value: z.output<typeof envelope>): {
  object: KubernetesObject;
  dropped: string[][];
} {
  const { status, metadata, ...rest } = value;
  const dropped: string[][] = isEmpty(status) ? [] : [['status']];
  const kept: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(metadata)) {
    if (serverMetadata.some((known) => known === name)) {
      if (!isEmpty(field)) dropped.push(['metadata', name]);
    } else if (field !== null) {
      kept[name] = field;
    }
  }
  return { object: { ...rest, metadata: { ...kept, name: metadata.name } }, dropped };
}

/** Generators write `status: {}` and `creationTimestamp: null`; nobody need hear of those. */
function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
