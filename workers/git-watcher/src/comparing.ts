import type { CommitReading, Digest, KnownPattern } from '@meshwright/model';

/** A pattern file of a commit, as it is compared with what was known. */
export interface FoundFile {
  path: string;
  pattern: string;
  /** The same for equal content, wherever it lies; of the diagnostics when the file is invalid. */
  digest: Digest;
  valid: boolean;
}

export interface Comparison<T extends FoundFile> extends Pick<
  CommitReading,
  'removed' | 'renamed' | 'unchanged'
> {
  /** New, or different from what was known under the same path; also those that moved and changed at once. */
  changed: T[];
}

/** Compares the files of a commit with what is known, by path, pattern name and digest. */
export function compareWithKnown<T extends FoundFile>(
  files: readonly T[],
  known: Readonly<Record<string, KnownPattern>>,
): Comparison<T> {
  const before = new Map(Object.entries(known));
  const present = new Set(files.map(({ path }) => path));
  const gone = new Map([...before].filter(([path]) => !present.has(path)));
  const comparison: Comparison<T> = { changed: [], removed: [], renamed: [], unchanged: 0 };
  for (const file of files) {
    const same = before.get(file.path);
    if (same !== undefined && isSame(file, same)) comparison.unchanged += 1;
    else if (same !== undefined) comparison.changed.push(file);
    else takeNew(file, gone, comparison);
  }
  comparison.removed = [...gone].map(([path, { pattern }]) => ({ path, pattern }));
  return comparison;
}

/** A file under a new path: one that moved, as it was or changed, or a new one. */
function takeNew<T extends FoundFile>(
  file: T,
  gone: Map<string, KnownPattern>,
  comparison: Comparison<T>,
): void {
  const from = file.valid ? whereFrom(file, gone) : undefined;
  if (from === undefined) {
    comparison.changed.push(file);
    return;
  }
  const moved = gone.get(from);
  gone.delete(from);
  comparison.renamed.push({ from, to: file.path, pattern: file.pattern });
  if (moved === undefined || !isSame(file, moved)) comparison.changed.push(file);
}

/** The path that the pattern had: preferably one with the same content, else one with the same name. */
function whereFrom(file: FoundFile, gone: ReadonlyMap<string, KnownPattern>): string | undefined {
  const named = [...gone].filter(([, { pattern }]) => pattern === file.pattern);
  const [path] = named.find(([, entry]) => isSame(file, entry)) ?? named[0] ?? [];
  return path;
}

function isSame(file: FoundFile, entry: KnownPattern): boolean {
  return file.digest === entry.digest && file.pattern === entry.pattern;
}
