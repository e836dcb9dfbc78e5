import type { Diagnostic, SourceEntry, SourceTree } from '@meshwright/model';
import type { LoadLimits } from './limits.ts';
import { readFile } from './read-file.ts';
import type { PathProblem, TreeIndex } from './tree-index.ts';

/** A file below a folder of documents, or the reason why it is not read. */
export interface Source {
  path: string;
  /** What the path leads to. */
  entry?: SourceEntry;
  problem?: PathProblem;
}

/** The YAML files below a folder, at any depth, sorted by path; what is no YAML is no business of ours. */
export function findSources(index: TreeIndex, directory: string, limits: LoadLimits): Source[] {
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
  message: 'this is a symbolic link to a folder; documents are read from folders of the commit',
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
    const message = `the folder has ${sources.length} YAML files; ${patternFiles} are read`;
    return {
      path: source.path,
      problem: { code: 'too-many-files', message, suggestion: 'Use several repositories.' },
    };
  });
}

/** What a file reads as, or why it is not read. */
export async function readSource<R extends { diagnostics: Diagnostic[] }>(
  tree: SourceTree,
  source: Source,
  byteLimit: number,
  read: (bytes: Uint8Array, file: string, byteLimit: number) => R,
): Promise<R | { diagnostics: Diagnostic[] }> {
  const { path: file, entry, problem } = source;
  if (problem !== undefined) return { diagnostics: [{ severity: 'error', ...problem, file }] };
  if (entry === undefined) return { diagnostics: [] };
  const { bytes, problem: unread } = await readFile(tree, entry, byteLimit);
  if (unread !== undefined) return { diagnostics: [{ severity: 'error', ...unread, file }] };
  return read(bytes, file, byteLimit);
}
