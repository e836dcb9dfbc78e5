import { digestOfJson } from '@meshwright/evidence';
import {
  type Digest,
  isMeshwrightError,
  type OfferRevertInput,
  type RevertOffer,
  shortCommit,
  workflowId,
} from '@meshwright/model';
import { loadPatterns } from '@meshwright/pattern';
import { type Known, patternOptions } from './patterns-of-commit.ts';
import type { RepositoryFinder, WatchedRepository } from './repositories.ts';

export interface RevertOptions extends Known {
  find: RepositoryFinder;
  signal: AbortSignal;
}

const longestReason = 2_000;
const longestLine = 100;

/**
 * Pushes a branch that takes a commit back, on top of the watched branch, for people to review and merge. A branch of
 * that name is taken for what an earlier attempt has pushed.
 * @throws MeshwrightError where trying again may help, such as REPOSITORY_UNREACHABLE; everything else is an answer.
 */
export async function offerRevert(options: RevertOptions, input: OfferRevertInput): Promise<RevertOffer> {
  try {
    return await offer(options, options.find(input.repository), input);
  } catch (error) {
    options.signal.throwIfAborted();
    if (!isMeshwrightError(error) || error.retryable) throw error;
    return { refused: [error.message, error.details.remedy ?? ''].join(' ').trim() };
  }
}

async function offer(
  options: RevertOptions,
  watched: WatchedRepository,
  input: OfferRevertInput,
): Promise<RevertOffer> {
  const { config, repository } = watched;
  const { commit, pattern } = input;
  const { signal } = options;
  const branch = `meshwright/revert-${pattern}-${shortCommit(commit)}`;
  if (!config.offerReverts) return { refused: `offerReverts is off for repository ${config.name}.` };
  if ('commit' in (await repository.tipOf(branch, signal))) return { branch };
  const tip = await repository.tip(signal);
  if ('missing' in tip) return { refused: `Branch ${tip.missing} does not exist.` };
  await repository.fetch(commit, signal);
  const { subject } = await repository.commitInfo(commit);
  const message = messageOf(subject, input);
  const reverted = await repository.revert(commit, { onto: tip.commit, message, signal });
  const byHand = handwork(branch, tip.branch, commit);
  if ('impossible' in reverted) {
    return { refused: `Commit ${shortCommit(commit)} cannot be reverted: ${reverted.impossible}. ${byHand}` };
  }
  const before = await contentOf(options, watched, tip.commit, pattern);
  if ((await contentOf(options, watched, reverted.commit, pattern)) === before) {
    return {
      refused: `Without commit ${shortCommit(commit)} pattern ${pattern} is the same: an earlier commit changed it.`,
    };
  }
  try {
    await repository.publish(reverted.commit, branch, signal);
    return { branch };
  } catch (error) {
    if (!isMeshwrightError(error) || error.code !== 'REPOSITORY_REFUSED') throw error;
    return { refused: `${error.message} ${byHand}` };
  }
}

/** What a commit says of a pattern with all it refers to; undefined when it has no such pattern, or an invalid one. */
async function contentOf(
  options: RevertOptions,
  { config, repository }: WatchedRepository,
  commit: string,
  pattern: string,
): Promise<Digest | undefined> {
  const files = await loadPatterns(await repository.tree(commit), patternOptions(config, options));
  const found = files.find(({ snapshot }) => snapshot?.pattern.metadata.name === pattern);
  return found === undefined ? undefined : digestOfJson(found.snapshot);
}

function messageOf(subject: string, { commit, pattern, reason }: OfferRevertInput): string {
  return [
    `Revert "${subject}"`,
    `This reverts commit ${commit}.`,
    wrapped(plain(reason).slice(0, longestReason)),
    `Meshwright-Rollout: ${workflowId.rollout(pattern, commit)}`,
  ].join('\n\n');
}

/** On one line, without control characters and those that turn the direction of text (Unicode TR 36). */
function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\s\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ').trim();
}

function wrapped(text: string): string {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line === undefined || line.length + word.length >= longestLine) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines.join('\n');
}

function handwork(branch: string, watched: string, commit: string): string {
  return [
    'By hand: git fetch origin',
    `git switch --create ${branch} origin/${watched}`,
    `git revert ${commit}`,
    `git push origin ${branch}`,
  ].join(' && ');
}
