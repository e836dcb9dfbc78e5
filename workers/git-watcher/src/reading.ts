import type { EvidenceStore } from '@meshwright/evidence';
import type { CommitTree } from '@meshwright/git';
import type { CommitReading, ReadCommitInput } from '@meshwright/model';
import { compareWithKnown } from './comparing.ts';
import { fitting, requireFit, withFewDiagnostics } from './fitting.ts';
import { type Known, readPatterns, rolloutOf } from './patterns-of-commit.ts';
import { readPolicyFile } from './policy-file.ts';
import { offerUninstalls, renamedInPlace } from './removing.ts';
import { channelsOf, type RepositoryFinder, type WatchedRepository } from './repositories.ts';

export interface ReadOptions extends Known {
  find: RepositoryFinder;
  evidence: EvidenceStore;
  signal: AbortSignal;
}

const mostNamed = 5;

/**
 * Fetches a commit, checks its signature before anything in it is believed, reads its patterns and compares them with
 * what is known; new and changed ones are stored as evidence, and those that are gone are looked up there. Its policy file is
 * read too, valid or not.
 * @throws MeshwrightError SIGNATURE_REFUSED, after which nothing is known of the commit; INVALID_INPUT when there are
 * more patterns than one reading holds; and what `Repository` throws.
 */
export async function readCommit(options: ReadOptions, input: ReadCommitInput): Promise<CommitReading> {
  const { find, evidence, signal } = options;
  const watched = find(input.repository);
  const { repository, config } = watched;
  await repository.fetch(input.commit, signal);
  if (config.signatures?.required === true) await repository.verifySignature(input.commit);
  const forced = await isForced(watched, input, signal);
  const commit = await repository.commitInfo(input.commit, input.previousCommit, signal);
  const tree = await repository.tree(input.commit);
  const files = await readPatterns(tree, config, options);
  const { changed, ...comparison } = compareWithKnown(files, input.known);
  requireFit(files.length, changed.length + comparison.removed.length);
  const channels = channelsOf(config);
  const asked = { repository: input.repository, commit, channels };
  const rollouts: CommitReading['rollouts'] = [];
  for (const file of changed) rollouts.push(await rolloutOf(evidence, asked, file));
  const gone = { removed: comparison.removed, files };
  const { removed, notes: kept } = await offerUninstalls(evidence, input, asked, gone);
  const left = [...kept, ...renamedInPlace(files, input.known)];
  const notes = [...tree.notes, ...(await submoduleNotes(tree)), ...left];
  const policy = await readPolicyFile(tree, config.approvals, evidence);
  return fitting({ commit, rollouts, ...comparison, removed, policy, channels, forced, notes }, shortened);
}

function shortened({ input, digest }: CommitReading['rollouts'][number]): CommitReading['rollouts'][number] {
  return { input: withFewDiagnostics(input), digest };
}

async function isForced(
  { repository }: WatchedRepository,
  { commit, previousCommit }: ReadCommitInput,
  signal: AbortSignal,
): Promise<boolean> {
  if (previousCommit === undefined || previousCommit === commit) return false;
  return !(await repository.isAncestor(previousCommit, commit, signal));
}

async function submoduleNotes(tree: CommitTree): Promise<string[]> {
  const paths = (await tree.list()).filter(({ kind }) => kind === 'submodule').map(({ path }) => path);
  if (paths.length === 0) return [];
  const more = paths.length > mostNamed ? ` and ${paths.length - mostNamed} more` : '';
  return [`Submodules are not followed: ${paths.slice(0, mostNamed).join(', ')}${more}.`];
}
