import { setImmediate as nextTurn } from 'node:timers/promises';
import { diagnose } from '@meshwright/document';
import { type Diagnostic, type PatternSnapshot, type SourceEntry, type SourceTree } from '@meshwright/model';
import { findConflicts, findUnknown } from './conflicts.ts';
import { defaultLimits, type LoadLimits } from './limits.ts';
import { readFile } from './read-file.ts';
import { readPattern, type PatternReading } from './read-pattern.ts';
import { ManifestReader, resolveReferences, type ReadPattern } from './references.ts';
import { TreeIndex, type PathProblem } from './tree-index.ts';

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
  const { directory = 'patterns', knownMeshes: meshes, knownTargets: targets, checkPattern } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const index = new TreeIndex(await tree.list());
  const sources = findSources(index, directory, limits);
  const readings = new Map<Source, PatternReading>();
  for (const source of sources) {
    readings.set(source, await readSource(tree, source, limits));
    await nextTurn();
  }
  const patterns = [...readings].flatMap(([{ path }, reading]) => soundPattern(path, reading));
  const conflicts = findConflicts(patterns);
  const reader = new ManifestReader(tree, limits);
  const files: PatternFile[] = [];
  for (const [{ path }, reading] of readings) {
    const [read] = soundPattern(path, reading);
    const file = fileOf(path, reading);
    files.push(file);
    if (read === undefined) continue;
    file.diagnostics.push(...(conflicts.get(path) ?? []), ...findUnknown(read, { meshes, targets }));
    const { snapshot, diagnostics } = await resolveReferences(read, index, reader, limits);
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

/** A file to read as a pattern, or the reason why it is not read. */
interface Source {
  path: string;
  /** What the path leads to. */
  entry?: SourceEntry;
  problem?: PathProblem;
}

function findSources(index: TreeIndex, directory: string, limits: LoadLimits): Source[] {
  const folder = index.resolve(directory);
  if (folder.kind === 'problem') return [{ path: directory, problem: folder.problem }];
  if (folder.kind !== 'folder') return [];
  const prefix = folder.path === '' ? '' : `${folder.path}/`;
  const sources = index.below(folder.path).flatMap((entry): Source[] => {
    const source = sourceOf(index, entry);
    return source === undefined
      ? []
      : [{ ...source, path: withPrefix(directory, entry.path.slice(prefix.length)) }];
  });
  return refuseExcess(refuseCollisions(sources), limits);
}

function withPrefix(directory: string, rest: string): string {
  const folder = directory.split('/').filter((part) => part !== '' && part !== '.');
  return [...folder, rest].join('/');
}

/** Undefined for what is no business of ours, such as a README. */
function sourceOf(index: TreeIndex, entry: SourceEntry): Omit<Source, 'path'> | undefined {
  const isYaml = /\.ya?ml$/i.test(entry.path);
  if (entry.kind === 'file') return isYaml ? { entry } : undefined;
  const found = index.resolve(entry.path);
  if (found.kind === 'folder') return { problem: linkedFolder };
  if (!isYaml && entry.kind === 'symlink') return undefined;
  if (found.kind === 'file') return { entry: found.entry };
  if (found.kind === 'problem') return { problem: found.problem };
  const message = 'this is a symbolic link to nothing';
  return { problem: { code: 'dangling-symlink', message, suggestion: 'Mend or remove it.' } };
}

const linkedFolder: PathProblem = {
  code: 'symlink-to-folder',
  message: 'this is a symbolic link to a folder; patterns are read from folders of the commit',
  suggestion: 'Move the folder here.',
};

/** Names that are one file on macOS and Windows: which of them such a machine would show is chance. */
function refuseCollisions(sources: Source[]): Source[] {
  const groups = Map.groupBy(sources, ({ path }) => path.normalize('NFC').toLowerCase());
  return sources.map((source) => {
    const group = groups.get(source.path.normalize('NFC').toLowerCase()) ?? [];
    const other = group.find(({ path }) => path !== source.path);
    if (other === undefined) return source;
    const message = `${source.path} and ${other.path} differ only in letter case or in how letters are composed`;
    return {
      path: source.path,
      problem: { code: 'name-collision', message, suggestion: 'Rename one of them.' },
    };
  });
}

function refuseExcess(sources: Source[], { patternFiles }: LoadLimits): Source[] {
  return sources.map((source, position) => {
    if (position < patternFiles) return source;
    const message = `the repository has ${sources.length} pattern files; ${patternFiles} are read`;
    return {
      path: source.path,
      problem: { code: 'too-many-files', message, suggestion: 'Use several repositories.' },
    };
  });
}

async function readSource(tree: SourceTree, source: Source, limits: LoadLimits): Promise<PatternReading> {
  const { path: file, entry, problem } = source;
  if (problem !== undefined) return { diagnostics: [{ severity: 'error', ...problem, file }] };
  if (entry === undefined) return { diagnostics: [] };
  const { bytes, problem: unread } = await readFile(tree, entry, limits.patternBytes);
  if (unread !== undefined) return { diagnostics: [{ severity: 'error', ...unread, file }] };
  return readPattern(bytes, file, limits.patternBytes);
}
