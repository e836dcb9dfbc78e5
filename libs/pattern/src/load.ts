import { setImmediate as nextTurn } from 'node:timers/promises';
import { diagnose } from '@meshwright/document';
import type { Diagnostic, PatternSnapshot, SourceTree } from '@meshwright/model';
import { findConflicts, findUnknown } from './conflicts.ts';
import { defaultLimits, type LoadLimits } from './limits.ts';
import { ProfileReader } from './profile/resolve.ts';
import { readPattern, type PatternReading, type ReadPattern } from './read-pattern.ts';
import { ManifestReader, resolveReferences } from './references.ts';
import { findSources, readSource, type Source } from './sources.ts';
import { TreeIndex } from './tree-index.ts';

/** What became of one file below the patterns' folder. */
export interface PatternFile {
  /** Relative to the repository's root. */
  path: string;
  /** The pattern's name; absent when the file is too broken to tell. */
  pattern?: string;
  /** The pattern with everything it refers to; absent when there is an error among the diagnostics. */
  snapshot?: PatternSnapshot;
  diagnostics: Diagnostic[];
}

export interface LoadOptions {
  /** The folder of the patterns, relative to the repository's root; `patterns` by default. */
  directory?: string;
  /** Files of the folder that are no patterns, such as the policy file. */
  except?: readonly string[];
  limits?: Partial<LoadLimits>;
  /** Ids of the mesh plugins; a pattern of another mesh is an error. */
  knownMeshes?: readonly string[];
  /** Names of the targets; a pattern of another target is an error. */
  knownTargets?: readonly string[];
  /** Further checks of the caller, such as a plugin's, of patterns that are sound so far. */
  checkPattern?: PatternCheck;
}

/** Finds what is wrong in a valid pattern. */
export type PatternCheck = (snapshot: PatternSnapshot) => PatternProblem[] | Promise<PatternProblem[]>;

/** Its place is a path into the pattern's document, such as `['spec', 'mesh', 'version']`. */
export interface PatternProblem {
  code: string;
  severity: 'error' | 'warning';
  message: string;
  path: (string | number)[];
  suggestion?: string;
}

/** Diagnostics told of one pattern. */
const toldDiagnostics = 200;

/**
 * Reads and checks every pattern of a tree, each with the manifests it refers to, sorted by path. What is wrong
 * in one file is said in that file's diagnostics and never hides the others. An empty or absent folder gives an
 * empty list.
 * @throws whatever the tree throws when it cannot be read at all, as against a single file.
 */
export async function loadPatterns(tree: SourceTree, options: LoadOptions = {}): Promise<PatternFile[]> {
  const {
    directory = 'patterns',
    except = [],
    knownMeshes: meshes,
    knownTargets: targets,
    checkPattern,
  } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const index = new TreeIndex(await tree.list());
  const sources = findSources(index, directory, limits).filter(({ path }) => !except.includes(path));
  const readings = new Map<Source, PatternReading>();
  for (const source of sources) {
    readings.set(source, await readSource(tree, source, limits.patternBytes, readPattern));
    await nextTurn();
  }
  const patterns = [...readings].flatMap(([{ path }, reading]) => soundPattern(path, reading));
  const conflicts = findConflicts(patterns);
  const sourcesOf = {
    index,
    limits,
    manifests: new ManifestReader(tree, limits),
    profiles: new ProfileReader(tree, index, limits.profileBytes),
  };
  const files: PatternFile[] = [];
  for (const [{ path }, reading] of readings) {
    const [read] = soundPattern(path, reading);
    const file = fileOf(path, reading);
    files.push(file);
    if (read === undefined) continue;
    file.diagnostics.push(...(conflicts.get(path) ?? []), ...findUnknown(read, { meshes, targets }));
    const { snapshot, diagnostics } = await resolveReferences(read, sourcesOf);
    file.diagnostics.push(...diagnostics);
    if (!hasError(file) && checkPattern !== undefined) {
      for (const problem of await checkPattern(snapshot))
        file.diagnostics.push(diagnose(read.document, problem));
    }
    if (!hasError(file)) file.snapshot = snapshot;
    await nextTurn();
  }
  return files.map(({ diagnostics, ...file }) => ({ ...file, diagnostics: bounded(diagnostics, file.path) }));
}

function soundPattern(path: string, { document, pattern }: PatternReading): ReadPattern[] {
  return document === undefined || pattern === undefined ? [] : [{ path, document, pattern }];
}

function fileOf(path: string, { name, diagnostics }: PatternReading): PatternFile {
  return { path, ...(name === undefined ? {} : { pattern: name }), diagnostics: [...diagnostics] };
}

function hasError({ diagnostics }: PatternFile): boolean {
  return diagnostics.some(({ severity }) => severity === 'error');
}

/** Errors first, so that a bound hides warnings before it hides an error. */
function bounded(diagnostics: Diagnostic[], file: string): Diagnostic[] {
  if (diagnostics.length <= toldDiagnostics) return diagnostics;
  const sorted = diagnostics.toSorted(
    (a, b) => Number(a.severity === 'warning') - Number(b.severity === 'warning'),
  );
  const message = `there is more to say of this pattern; ${toldDiagnostics} of ${diagnostics.length} things are told`;
  return [...sorted.slice(0, toldDiagnostics), { code: 'more', severity: 'warning', message, file }];
}
