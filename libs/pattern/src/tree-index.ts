import { nearestName } from '@meshwright/document';
import type { SourceEntry } from '@meshwright/model';
import { baseOf, matcherOf } from './glob.ts';

/** Why a path of the tree cannot be used. */
export interface PathProblem {
  code: string;
  message: string;
  suggestion?: string;
  severity?: 'warning';
}

/** Where a path leads once symbolic links are followed. */
export type Resolved =
  | { kind: 'file'; entry: SourceEntry }
  | { kind: 'folder'; path: string }
  | { kind: 'missing' }
  | { kind: 'problem'; problem: PathProblem };

/** What a glob found. */
export interface Matches {
  /** Path as matched -> the file it leads to; in the order of paths. */
  files: Map<string, SourceEntry>;
  problems: PathProblem[];
}

/** Links followed for one path, as Linux does before it says ELOOP. */
const linkHops = 40;
/** Paths compared with globs in one tree: what hostile patterns may cost in time. */
const comparedPaths = 20_000_000;

/** The entries of a tree, to look paths up in: links followed inside the tree, nothing outside reachable. */
export class TreeIndex {
  readonly entries: readonly SourceEntry[];
  private readonly byPath: ReadonlyMap<string, SourceEntry>;
  private readonly children: ReadonlyMap<string, ReadonlySet<string>>;
  private readonly matched = new Map<string, Matches>();
  private compared = 0;

  constructor(entries: readonly SourceEntry[]) {
    this.entries = entries.toSorted((a, b) => compare(a.path, b.path));
    this.byPath = new Map(entries.map((entry) => [entry.path, entry]));
    this.children = childrenOf(entries);
  }

  /** All entries below a folder, at any depth. */
  below(folder: string): SourceEntry[] {
    const prefix = folder === '' ? '' : `${folder}/`;
    const found: SourceEntry[] = [];
    for (let index = this.firstFrom(prefix); index < this.entries.length; index += 1) {
      const entry = this.entries[index];
      if (entry?.path.startsWith(prefix) !== true) break;
      found.push(entry);
    }
    return found;
  }

  /** Follows the symbolic links on the way to a path, and the one at its end. */
  resolve(path: string): Resolved {
    const names = path.split('/').reverse();
    const done: string[] = [];
    let hops = 0;
    for (let name = names.pop(); name !== undefined; name = names.pop()) {
      if (name === '' || name === '.') continue;
      if (name === '..' ? done.pop() === undefined : name.toLowerCase() === '.git')
        return problem(leaves(path));
      if (name === '..') continue;
      done.push(name);
      const entry = this.byPath.get(done.join('/'));
      if (entry?.kind === 'submodule') return problem(isSubmodule(entry.path));
      if (entry?.kind === 'file') return names.length === 0 ? { kind: 'file', entry } : { kind: 'missing' };
      if (entry?.kind !== 'symlink') continue;
      hops += 1;
      if (hops > linkHops) return problem(loops(path));
      if (entry.target === undefined || entry.target.startsWith('/')) return problem(leaves(entry.path));
      done.pop();
      names.push(...entry.target.split('/').reverse());
    }
    const reached = done.join('/');
    return this.children.has(reached) ? { kind: 'folder', path: reached } : { kind: 'missing' };
  }

  /**
   * The files that a glob names; worked out once for each glob. Wildcards do not go through symbolic links to
   * folders, and say so.
   */
  match(glob: string): Matches {
    const known = this.matched.get(glob);
    if (known !== undefined) return known;
    const matches = this.matchNew(glob);
    this.matched.set(glob, matches);
    return matches;
  }

  private matchNew(glob: string): Matches {
    const base = baseOf(glob);
    const start = this.resolve(base);
    if (start.kind === 'problem') return { files: new Map(), problems: [start.problem] };
    if (base === glob) return this.matchPath(glob, start);
    if (start.kind !== 'folder') return { files: new Map(), problems: [this.nothing(glob)] };
    return this.matchBelow(glob, base, start.path);
  }

  private matchPath(path: string, found: Exclude<Resolved, { kind: 'problem' }>): Matches {
    if (found.kind === 'file') return { files: new Map([[path, found.entry]]), problems: [] };
    if (found.kind === 'missing') return { files: new Map(), problems: [this.nothing(path)] };
    const suggestion = `Write ${path}/*.yaml for the files in it.`;
    return { files: new Map(), problems: [{ code: 'folder', message: `${path} is a folder`, suggestion }] };
  }

  private matchBelow(glob: string, base: string, folder: string): Matches {
    const candidates = this.below(folder);
    this.compared += candidates.length;
    if (this.compared > comparedPaths) return { files: new Map(), problems: [tooMuch] };
    const matches = matcherOf(glob);
    const files = new Map<string, SourceEntry>();
    const problems: PathProblem[] = [];
    for (const entry of candidates) {
      const rest = folder === '' ? entry.path : entry.path.slice(folder.length + 1);
      const path = base === '' ? rest : `${base}/${rest}`;
      if (entry.kind !== 'symlink' && !matches(path)) continue;
      const found = this.resolve(entry.path);
      if (found.kind === 'folder') problems.push(notFollowed(path));
      else if (!matches(path)) continue;
      else if (found.kind === 'file') files.set(path, found.entry);
      else problems.push(found.kind === 'problem' ? found.problem : dangling(path));
    }
    if (files.size === 0 && problems.length === 0) problems.push(this.nothing(glob));
    return { files, problems };
  }

  /** That a glob matches nothing, with the glob that was likely meant. */
  private nothing(glob: string): PathProblem {
    const message = `${glob} matches no file`;
    const parts = glob.split('/');
    const base = baseOf(glob)
      .split('/')
      .filter((part) => part !== '');
    const meant: string[] = [];
    for (const part of base) {
      const names = this.children.get(meant.join('/')) ?? new Set<string>();
      const name = names.has(part) ? part : nearestName(part, names);
      if (name === undefined) return { code: 'no-match', message, ...listing(meant.join('/'), names) };
      meant.push(name);
    }
    const suggested = [...meant, ...parts.slice(base.length)].join('/');
    if (suggested !== glob) return { code: 'no-match', message, suggestion: `Did you mean ${suggested}?` };
    const folder = meant.join('/');
    return { code: 'no-match', message, ...listing(folder, this.children.get(folder) ?? new Set()) };
  }

  private firstFrom(prefix: string): number {
    let [low, high] = [0, this.entries.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compare(this.entries[middle]?.path ?? '', prefix) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** By code units: the same on every machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function childrenOf(entries: readonly SourceEntry[]): Map<string, Set<string>> {
  const children = new Map<string, Set<string>>([['', new Set()]]);
  for (const { path } of entries) {
    for (let rest = path; rest !== '';) {
      const slash = rest.lastIndexOf('/');
      const [folder, name] = slash === -1 ? ['', rest] : [rest.slice(0, slash), rest.slice(slash + 1)];
      const names = children.get(folder);
      names?.add(name);
      if (names !== undefined) break;
      children.set(folder, new Set([name]));
      rest = folder;
    }
  }
  return children;
}

function listing(folder: string, names: ReadonlySet<string>): { suggestion?: string } {
  if (names.size === 0) return {};
  const shown = [...names].toSorted(compare).slice(0, 8).join(', ');
  const where = folder === '' ? "The repository's root" : folder;
  return { suggestion: `${where} has ${shown}${names.size > 8 ? ', …' : ''}.` };
}

function problem(found: PathProblem): Resolved {
  return { kind: 'problem', problem: found };
}

function leaves(path: string): PathProblem {
  return {
    code: 'outside-repository',
    message: `${path} leads out of the repository, or into .git`,
    suggestion: 'Link to a file of the repository by a relative path, or commit the file itself.',
  };
}

function loops(path: string): PathProblem {
  const suggestion = 'Commit the file itself instead of a chain of links.';
  return {
    code: 'symlink-loop',
    message: `${path} goes through more than ${linkHops} symbolic links`,
    suggestion,
  };
}

function isSubmodule(path: string): PathProblem {
  return {
    code: 'submodule',
    message: `${path} is a Git submodule, which is not fetched`,
    suggestion: 'Commit the files themselves, or name the other repository in meshwright.yaml.',
  };
}

const tooMuch: PathProblem = {
  code: 'too-much-matching',
  message: `the globs of all patterns look at more than ${comparedPaths} paths`,
  suggestion: 'Begin globs with the folder that is meant.',
};

function dangling(path: string): PathProblem {
  return {
    code: 'dangling-symlink',
    message: `${path} is a symbolic link to nothing`,
    suggestion: 'Mend or remove it.',
  };
}

function notFollowed(path: string): PathProblem {
  return {
    code: 'symlink-to-folder',
    severity: 'warning',
    message: `${path} is a symbolic link to a folder; wildcards do not go through it`,
    suggestion: `Name the folder itself in a glob, such as ${path}/*.yaml.`,
  };
}
