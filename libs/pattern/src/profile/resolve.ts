import { diagnose, type Problem } from '@meshwright/document';
import type { Diagnostic, PerformanceProfile, SourceEntry, SourceTree } from '@meshwright/model';
import { readFile } from '../read-file.ts';
import type { ReadPattern } from '../read-pattern.ts';
import type { PathProblem, TreeIndex } from '../tree-index.ts';
import { tooFewRequests } from './checks.ts';
import { limitsTogether } from './metric-limits.ts';
import { readProfile, type ProfileReading } from './read-profile.ts';

/** The performance profiles of a tree, each read once however many patterns name it. */
export class ProfileReader {
  private readonly readings = new Map<string, ProfileReading>();
  private readonly tree: SourceTree;
  private readonly index: TreeIndex;
  private readonly byteLimit: number;

  constructor(tree: SourceTree, index: TreeIndex, byteLimit: number) {
    this.tree = tree;
    this.index = index;
    this.byteLimit = byteLimit;
  }

  /** What the file at a path reads as, or why the path leads to none. */
  async read(path: string): Promise<ProfileReading | { problem: PathProblem }> {
    const found = this.index.resolve(path);
    if (found.kind === 'problem') return found;
    if (found.kind === 'folder') {
      const suggestion = 'Name one file in it.';
      return { problem: { code: 'folder', message: `${path} is a folder`, suggestion } };
    }
    if (found.kind === 'file') return this.readEntry(found.entry);
    const [problem] = this.index.match(path).problems;
    const suggestion = problem?.suggestion;
    const missing = { code: 'no-match', message: `there is no file ${path}` };
    return { problem: suggestion === undefined ? missing : { ...missing, suggestion } };
  }

  private async readEntry(entry: SourceEntry): Promise<ProfileReading> {
    const known = this.readings.get(entry.path);
    if (known !== undefined) return known;
    const { bytes, problem } = await readFile(this.tree, entry, this.byteLimit);
    const reading: ProfileReading =
      problem === undefined
        ? readProfile(bytes, entry.path, this.byteLimit)
        : { diagnostics: [{ severity: 'error', ...problem, file: entry.path }] };
    this.readings.set(entry.path, reading);
    return reading;
  }
}

/** The profile that a pattern names, and what is wrong with it or with the gate over it. */
export async function resolveProfile(
  { pattern, document }: ReadPattern,
  profiles: ProfileReader,
): Promise<{ profile?: PerformanceProfile; diagnostics: Diagnostic[] }> {
  const { performance } = pattern.spec;
  if (performance === undefined) return { diagnostics: [] };
  const tell = (problem: Problem): Diagnostic => diagnose(document, problem);
  const at = ['spec', 'performance'];
  const reading = await profiles.read(performance.profile);
  if ('problem' in reading) {
    return { diagnostics: [tell({ ...reading.problem, path: [...at, 'profile'] })] };
  }
  const { profile } = reading;
  const diagnostics = [...reading.diagnostics];
  if (profile === undefined) return { diagnostics };
  const { load, limits } = profile.spec;
  for (const [metric, problem] of tooFewRequests(load, limitsTogether(limits, performance.gate))) {
    const message = `${metric} ${problem.message}, as ${performance.profile} has it`;
    diagnostics.push(tell({ ...problem, message, path: [...at, 'gate', metric] }));
  }
  return { profile, diagnostics };
}
