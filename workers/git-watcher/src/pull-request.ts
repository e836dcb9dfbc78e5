import type { EvidenceStore } from '@meshwright/evidence';
import type {
  Diagnostic,
  PolicyReading,
  PullRequestReading,
  ReadHeadInput,
  SourceTree,
} from '@meshwright/model';
import { compareWithKnown, type Comparison } from './comparing.ts';
import { fitting, requireFit, withFewDiagnostics } from './fitting.ts';
import { type Known, type ReadFile, readPatterns, rolloutOf } from './patterns-of-commit.ts';
import { readPolicyFile } from './policy-file.ts';
import { channelsOf, type RepositoryFinder, type WatchedRepository } from './repositories.ts';

export interface HeadOptions extends Known {
  find: RepositoryFinder;
  evidence: EvidenceStore;
  signal: AbortSignal;
}

/**
 * Fetches the head of a pull request, merges it in the mirror into what the branch is now, and tells what that would change of
 * its patterns and its policy file. Nothing of it counts: it is read to be planned and shown.
 * @throws MeshwrightError SIGNATURE_REFUSED where signatures are required and the head has none that is good; INVALID_INPUT
 * when it changes more than one reading holds; and what `Repository` throws.
 */
export async function readPullRequestHead(
  options: HeadOptions,
  input: ReadHeadInput,
): Promise<PullRequestReading> {
  const { find, evidence, signal } = options;
  const { repository: name } = input;
  const watched = find(name);
  const { repository, config } = watched;
  await repository.fetchFrom(input.ref, input.commit, signal);
  if (config.signatures?.required === true) await repository.verifySignature(input.commit);
  const tip = await repository.tip(signal);
  if ('missing' in tip) {
    const commit = await repository.commitInfo(input.commit);
    return { commit, rollouts: [], notes: [`Branch ${tip.missing} does not exist.`] };
  }
  await repository.fetch(tip.commit, signal);
  const commit = await repository.commitInfo(input.commit, tip.commit, signal);
  const merged = await repository.merge(input.commit, { onto: tip.commit, signal });
  if ('impossible' in merged) {
    const note = `It cannot be merged into ${tip.branch}: ${merged.impossible}. Nothing is planned until it can.`;
    return { commit, rollouts: [], notes: [note] };
  }
  const [before, after] = [await repository.tree(tip.commit), await repository.tree(merged.commit)];
  const comparison = await comparePatterns(options, watched, before, after);
  const rollouts: PullRequestReading['rollouts'] = [];
  for (const file of comparison.changed) {
    const asked = { repository: name, commit, channels: channelsOf(config) };
    rollouts.push((await rolloutOf(evidence, asked, file)).input);
  }
  const notes = [
    ...removedNotes(comparison),
    ...(await policyNotes(evidence, config.approvals, before, after)),
  ];
  return fitting({ commit, rollouts, notes }, withFewDiagnostics);
}

async function comparePatterns(
  options: HeadOptions,
  { config }: WatchedRepository,
  before: SourceTree,
  after: SourceTree,
): Promise<Comparison<ReadFile>> {
  const known = (await readPatterns(before, config, options)).map(({ path, pattern, digest }) => {
    return [path, { pattern, digest }] as const;
  });
  const files = await readPatterns(after, config, options);
  const comparison = compareWithKnown(files, Object.fromEntries(known));
  requireFit(files.length, comparison.changed.length + comparison.removed.length);
  return comparison;
}

const mostNotes = 20;

function removedNotes({ removed, renamed }: Comparison<ReadFile>): string[] {
  const gone = removed.map(({ path, pattern }) => {
    return `${path} goes: what pattern ${pattern} installed is uninstalled once somebody confirms that after the merge.`;
  });
  const moved = renamed.map(({ from, to, pattern }) => `Pattern ${pattern} moves from ${from} to ${to}.`);
  const notes = [...gone, ...moved];
  if (notes.length <= mostNotes) return notes;
  return [...notes.slice(0, mostNotes), `${notes.length - mostNotes} more patterns go or move.`];
}

async function policyNotes(
  evidence: EvidenceStore,
  path: string,
  before: SourceTree,
  after: SourceTree,
): Promise<string[]> {
  const was = await readPolicyFile(before, path, evidence);
  const is = await readPolicyFile(after, path, evidence);
  const [error] = is.diagnostics.filter(({ severity }) => severity === 'error');
  if (error !== undefined) {
    const same = sameErrors(was, is);
    return same ? [] : [`${path} is not valid and would change nothing: ${oneLine(error)}`];
  }
  if (was.policy === is.policy) return [];
  const what = is.policy === undefined ? 'goes' : was.policy === undefined ? 'is new' : 'changes';
  const until =
    was.policy === undefined
      ? 'it counts as soon as it is merged where none counts yet'
      : 'who may decide stays as it is until those it names now have approved after the merge';
  return [`${path} ${what}: ${until}.`];
}

function oneLine({ file, line, message, suggestion }: Diagnostic): string {
  const place = line === undefined ? file : `${file}:${line}`;
  return [`${place}: ${message}`, ...(suggestion === undefined ? [] : [suggestion])].join('. ');
}

function sameErrors(was: PolicyReading, is: PolicyReading): boolean {
  return JSON.stringify(was.diagnostics) === JSON.stringify(is.diagnostics);
}
