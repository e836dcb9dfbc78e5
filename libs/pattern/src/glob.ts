import { posix } from 'node:path';
import picomatch from 'picomatch';

/** Why a glob is refused. */
export interface GlobProblem {
  message: string;
  suggestion: string;
}

const wildcards = /[*?[{]/;
/** Of each in one part of a glob: matching costs the length of a name to the power of its stars. */
const starsInPart = 2;
const bracketsInPart = 3;
/** The longest name that file systems have; wildcards match none that is longer. */
const longestName = 255;

/**
 * Why a glob cannot be used; undefined for a good one. A glob is relative to the repository's root, stays
 * inside it, and has `*`, `**`, `?`, `[abc]` and `{a,b}`.
 */
export function globProblem(glob: string): GlobProblem | undefined {
  if (glob.startsWith('/')) {
    return {
      message: 'is absolute',
      suggestion: "Write it relative to the repository's root, without the leading /.",
    };
  }
  const parts = glob.split('/');
  if (parts.includes('..')) {
    return {
      message: 'leaves the repository (..)',
      suggestion: "Write it relative to the repository's root.",
    };
  }
  if (parts.some((part) => part === '.' || part === '')) {
    return { message: 'has an empty part or a dot as a part', suggestion: `Write ${posix.normalize(glob)}.` };
  }
  if (parts.some((part) => part.toLowerCase() === '.git')) {
    return { message: 'reaches into .git', suggestion: 'Name files of the commit.' };
  }
  if (/[\\()|+^$!\p{Cc}]/u.test(glob)) {
    const message =
      'has a character that globs do not have here: one of \\ ( ) | + ^ $ ! or a control character';
    return { message, suggestion: 'Use * ** ? [abc] {a,b} only.' };
  }
  return parts.map(partProblem).find((problem) => problem !== undefined);
}

function partProblem(part: string): GlobProblem | undefined {
  if (part === '**' || !wildcards.test(part)) return undefined;
  const stars = part.match(/\*/g) ?? [];
  const brackets = part.match(/[[{]/g) ?? [];
  if (part.includes('**')) {
    return {
      message: 'has ** beside other characters',
      suggestion: 'Write ** as a part by itself, as in apps/**/*.yaml.',
    };
  }
  if (stars.length > starsInPart || brackets.length > bracketsInPart) {
    const message = `has more than ${starsInPart} * or ${bracketsInPart} brackets in one part`;
    return { message, suggestion: 'Write a simpler glob, or several.' };
  }
  if (/\{[^}]*\.\./.test(part))
    return { message: 'has a range in braces', suggestion: 'Write the names out.' };
  try {
    compile(part);
    return undefined;
  } catch {
    const message = 'has a bracket or brace that is not closed in the same part';
    return { message, suggestion: 'Close it before the next /.' };
  }
}

/** Whether a glob can name more than one file. */
export function hasWildcards(glob: string): boolean {
  return wildcards.test(glob);
}

/** The folder (or, without wildcards, the file) that a glob starts from; empty for the root. */
export function baseOf(glob: string): string {
  const parts = glob.split('/');
  const wild = parts.findIndex((part) => wildcards.test(part));
  return (wild === -1 ? parts : parts.slice(0, wild)).join('/');
}

/**
 * Tells whether a path matches a glob that has no problem. Names that begin with a dot match only a glob that
 * says so. Parts are matched one by one, because one regular expression for a whole glob, as `picomatch` would
 * make it, tries every combination of what its stars may stand for.
 */
export function matcherOf(glob: string): (path: string) => boolean {
  const parts = glob.split('/').map((part) => (part === '**' ? anyFolders : matchPart(part)));
  return (path) => matchParts(parts, path.split('/'));
}

type MatchPart = (name: string) => boolean;

const anyFolders = Symbol('**');

function matchPart(part: string): MatchPart {
  if (!wildcards.test(part)) return (name) => name === part;
  const matches = compile(part);
  return (name) => name.length <= longestName && matches(name);
}

function compile(part: string): MatchPart {
  return picomatch(part, {
    dot: false,
    noextglob: true,
    strictBrackets: true,
    keepQuotes: true,
    windows: false,
    // The ready-made expressions for common globs differ: with them `*.*` does not match `a.`.
    fastpaths: false,
  });
}

/** Which prefixes of the path the parts so far can match: one pass over the names for each part. */
function matchParts(parts: (MatchPart | typeof anyFolders)[], names: string[]): boolean {
  let reached = names.map(() => false);
  let atStart = true;
  for (const [index, part] of parts.entries()) {
    const last = index === parts.length - 1;
    const next: boolean[] = [];
    for (const [position, name] of names.entries()) {
      const before = position === 0 ? atStart : reached[position - 1] === true;
      if (part === anyFolders) {
        // `**` stands for any number of folders, and at the end of a glob for at least the file.
        const inside = position === 0 ? atStart : before || next[position - 1] === true;
        next.push((inside && !name.startsWith('.')) || (!last && reached[position] === true));
      } else {
        next.push(before && part(name));
      }
    }
    atStart = atStart && part === anyFolders && !last;
    reached = next;
  }
  return reached.at(-1) === true;
}
