import { diagnose, formatBytes, type DocumentPath, type YamlDocument } from '@meshwright/document';
import {
  formatReference,
  referenceKey,
  referenceOf,
  type Diagnostic,
  type PatternSnapshot,
  type SourceEntry,
  type SourceTree,
} from '@meshwright/model';
import type { LoadLimits } from './limits.ts';
import { readManifest, type Manifest, type ManifestObject } from './manifest.ts';
import { type ProfileReader, resolveProfile } from './profile/resolve.ts';
import { readFile } from './read-file.ts';
import type { ReadPattern } from './read-pattern.ts';
import type { PathProblem, TreeIndex } from './tree-index.ts';

/** The manifests of a tree, each read and parsed once however many patterns name it. */
export class ManifestReader {
  private readonly manifests = new Map<string, Manifest>();
  private readBytes = 0;
  private readonly tree: SourceTree;
  private readonly limits: LoadLimits;

  constructor(tree: SourceTree, limits: LoadLimits) {
    this.tree = tree;
    this.limits = limits;
  }

  async read(entry: SourceEntry): Promise<Manifest> {
    const known = this.manifests.get(entry.path);
    if (known !== undefined) return known;
    const manifest = await this.readNew(entry);
    this.manifests.set(entry.path, manifest);
    return manifest;
  }

  private async readNew(entry: SourceEntry): Promise<Manifest> {
    const { manifestBytes, treeManifestBytes } = this.limits;
    this.readBytes += Math.min(entry.size, manifestBytes);
    if (this.readBytes > treeManifestBytes) {
      const message = `the manifests of all patterns have more than ${formatBytes(treeManifestBytes)} together`;
      return refused(entry.path, {
        code: 'too-much-to-read',
        message,
        suggestion: 'Use several repositories.',
      });
    }
    const { bytes, problem } = await readFile(this.tree, entry, manifestBytes);
    return problem === undefined
      ? readManifest(bytes, entry.path, manifestBytes)
      : refused(entry.path, problem);
  }
}

function refused(file: string, problem: PathProblem): Manifest {
  return { objects: [], diagnostics: [{ severity: 'error', ...problem, file }] };
}

/** What references lead into. */
export interface ReferenceSources {
  index: TreeIndex;
  manifests: ManifestReader;
  profiles: ProfileReader;
  limits: LoadLimits;
}

/** Reads everything a pattern refers to. The snapshot is only sound when no diagnostic is an error. */
export async function resolveReferences(
  read: ReadPattern,
  { index, manifests: reader, profiles, limits }: ReferenceSources,
): Promise<{ snapshot: PatternSnapshot; diagnostics: Diagnostic[] }> {
  const { spec } = read.pattern;
  const collector = new Collector(read.document, index, reader, limits);
  const workloads: PatternSnapshot['workloads'] = [];
  for (const [position, { namespace, enroll, manifests }] of spec.workloads.entries()) {
    const objects = await collector.collect(
      manifests,
      ['spec', 'workloads', position, 'manifests'],
      namespace,
    );
    workloads.push({ namespace, enroll, objects });
  }
  const traffic = await collector.collect(spec.traffic, ['spec', 'traffic']);
  const resources = await collector.collect(spec.resources, ['spec', 'resources']);
  const { profile, diagnostics } = await resolveProfile(read, profiles);
  const snapshot = { pattern: read.pattern, path: read.path, workloads, traffic, resources };
  return {
    snapshot: profile === undefined ? snapshot : { ...snapshot, profile },
    diagnostics: [...collector.diagnostics, ...diagnostics],
  };
}

/** A snapshot as evidence holds it: without its path, so that a move is no change, and a preview is the plan of a commit. */
export function asEvidence(snapshot: PatternSnapshot): PatternSnapshot {
  return { ...snapshot, path: '' };
}

/** Gathers the objects of one pattern, within its limits, and refuses an object that it has already. */
class Collector {
  readonly diagnostics: Diagnostic[] = [];
  private readonly found = new Map<string, ManifestObject>();
  private bytes = 0;
  private full = false;
  private readonly document: YamlDocument;
  private readonly index: TreeIndex;
  private readonly reader: ManifestReader;
  private readonly limits: LoadLimits;

  constructor(document: YamlDocument, index: TreeIndex, reader: ManifestReader, limits: LoadLimits) {
    this.document = document;
    this.index = index;
    this.reader = reader;
    this.limits = limits;
  }

  /** The objects of the files that a list of globs names, each file once, in the order of paths. */
  async collect(globs: string[], at: DocumentPath, namespace?: string): Promise<ManifestObject['object'][]> {
    const files = new Map<string, { entry: SourceEntry; at: DocumentPath }>();
    for (const [position, glob] of globs.entries()) {
      const matches = this.index.match(glob);
      const place = [...at, position];
      for (const problem of matches.problems) this.report(place, problem);
      for (const [path, entry] of matches.files) {
        if (/\.(?:ya?ml|json)$/i.test(entry.path)) files.set(entry.path, { entry, at: place });
        else
          this.report(place, {
            code: 'not-a-manifest',
            message: `${path} is neither YAML nor JSON`,
            suggestion: 'Narrow the glob, for example to *.yaml.',
          });
      }
    }
    const objects: ManifestObject['object'][] = [];
    for (const [, file] of [...files].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      if (this.full) break;
      objects.push(...(await this.objectsOf(file.entry, file.at, namespace)));
    }
    return objects;
  }

  private async objectsOf(
    entry: SourceEntry,
    at: DocumentPath,
    namespace: string | undefined,
  ): Promise<ManifestObject['object'][]> {
    this.bytes += entry.size;
    if (this.bytes > this.limits.totalManifestBytes) {
      this.stop(at, `the pattern's manifests have more than ${formatBytes(this.limits.totalManifestBytes)}`);
      return [];
    }
    const { objects, diagnostics } = await this.reader.read(entry);
    this.diagnostics.push(...diagnostics);
    for (const object of objects) this.add(object, namespace);
    if (this.found.size > this.limits.objects) {
      this.stop(at, `the pattern has more than ${this.limits.objects} Kubernetes objects`);
    }
    return objects.map(({ object }) => object);
  }

  private add(found: ManifestObject, namespace: string | undefined): void {
    const reference = referenceOf(found.object);
    const own = reference.namespace ?? namespace;
    const key = referenceKey({ ...reference, ...(own === undefined ? {} : { namespace: own }) });
    const before = this.found.get(key);
    if (before !== undefined) {
      this.diagnostics.push({
        code: 'duplicate-object',
        severity: 'error',
        message: `${formatReference(reference)} is given before, at ${before.file}:${before.line}`,
        file: found.file,
        line: found.line,
        column: found.column,
        suggestion: 'Keep one of the two.',
      });
    }
    this.found.set(key, found);
  }

  private stop(at: DocumentPath, message: string): void {
    this.full = true;
    this.report(at, { code: 'pattern-too-large', message, suggestion: 'Split it into several patterns.' });
  }

  private report(path: DocumentPath, problem: PathProblem): void {
    this.diagnostics.push(diagnose(this.document, { ...problem, path }));
  }
}
