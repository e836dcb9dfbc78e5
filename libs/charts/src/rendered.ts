import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Document, parseAllDocuments } from 'yaml';
import {
  type ChartRequest,
  type KubernetesObject,
  MeshwrightError,
  formatReference,
  referenceOf,
} from '@meshwright/model';

export interface Rendered {
  objects: KubernetesObject[];
  /** Hooks without a moment of their own here: tests, deletion, rollback. */
  dropped: string[];
  /** Hooks that are applied as ordinary objects. */
  hooks: string[];
}

const hookAnnotation = 'helm.sh/hook';
const momentless = new Set([
  'test',
  'test-success',
  'test-failure',
  'pre-delete',
  'post-delete',
  'pre-rollback',
  'post-rollback',
]);

/** Tags of YAML 1.1 that Kubernetes' own reader does not resolve: such scalars are text there. */
const unknownToKubernetes = new Set(['timestamp', 'binary', 'omap', 'pairs', 'set']);

/** A line that begins a document; YAML knows no other meaning of it, not even inside a block of text. */
const documentStart = /^(?=---(?:\s|$))/m;

/**
 * The objects in what `helm template` printed. Read as YAML 1.1 as Helm and kubectl do, where `0644` is octal and
 * `on` is true, and where the last of two equal keys counts. Megabytes of CRDs take seconds: other work gets its turn
 * after each document.
 * @throws MeshwrightError CHART_RENDER_FAILED for anything that is not a Kubernetes object.
 */
export async function parseRendered(text: string, request: ChartRequest): Promise<Rendered> {
  const rendered: Rendered = { objects: [], dropped: [], hooks: [] };
  for (const part of text.split(documentStart)) {
    for (const document of parseDocuments(part)) {
      for (const value of itemsOf(toValue(document, request))) sort(toObject(value, request), rendered);
    }
    await nextTurn();
  }
  return rendered;
}

/** To know the lines of a text costs a third more than to read it, so only a text with a mistake is read with them. */
function parseDocuments(text: string): Document.Parsed[] {
  const documents = parseYaml(text, { prettyErrors: false });
  const isFine = documents.every(({ errors }) => errors.length === 0);
  return isFine ? documents : parseYaml(text, { prettyErrors: true });
}

function parseYaml(text: string, options: { prettyErrors: boolean }): Document.Parsed[] {
  const documents = parseAllDocuments(text, {
    ...options,
    version: '1.1',
    uniqueKeys: false,
    logLevel: 'silent',
    customTags: (tags) => tags.filter((tag) => !isUnknownToKubernetes(tag)),
  });
  return [...documents];
}

function isUnknownToKubernetes(tag: string | { tag: string; format?: string }): boolean {
  if (typeof tag === 'string') return unknownToKubernetes.has(tag);
  return tag.format === 'TIME' || unknownToKubernetes.has(tag.tag.replace('tag:yaml.org,2002:', ''));
}

function toValue(document: Document.Parsed, request: ChartRequest): unknown {
  const problem = document.errors[0];
  if (problem !== undefined) throw unreadable(request, problem.message);
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw unreadable(request, error instanceof Error ? error.message : String(error));
  }
}

function itemsOf(value: unknown): unknown[] {
  if (value === null || value === undefined) return [];
  if (isMap(value) && value.kind === 'List' && Array.isArray(value.items)) return value.items as unknown[];
  return [value];
}

function toObject(value: unknown, request: ChartRequest): KubernetesObject {
  if (isObject(value)) return value;
  const kind = isMap(value) && typeof value.kind === 'string' ? value.kind : 'something';
  throw unreadable(request, `${kind} without an apiVersion, a kind and a metadata.name`);
}

function sort(object: KubernetesObject, rendered: Rendered): void {
  const annotation = object.metadata.annotations?.[hookAnnotation];
  if (annotation === undefined) {
    rendered.objects.push(object);
    return;
  }
  const name = `${formatReference(referenceOf(object))} (${annotation})`;
  const moments = annotation.split(',').map((moment) => moment.trim());
  if (moments.every((moment) => momentless.has(moment))) {
    rendered.dropped.push(name);
    return;
  }
  rendered.hooks.push(name);
  rendered.objects.push(object);
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isObject(value: unknown): value is KubernetesObject {
  if (!isMap(value) || typeof value.apiVersion !== 'string' || typeof value.kind !== 'string') return false;
  const metadata = value.metadata;
  return isMap(metadata) && typeof metadata.name === 'string' && metadata.name !== '';
}

function unreadable({ chart, version }: ChartRequest, why: string): MeshwrightError {
  return new MeshwrightError(
    'CHART_RENDER_FAILED',
    `Chart ${chart} ${version} renders what cannot be applied: ${why}.`,
    {
      where: `values.${chart}`,
      remedy: `Look at it with "helm template", and mend the values of chart "${chart}" in the pattern.`,
    },
  );
}
