import { createHash } from 'node:crypto';
import { isFinal, type Notice, Phase } from '@meshwright/model';
import type { CommitStatus, PullRequest } from '@meshwright/plugin-sdk';
import type { GatedStatus } from '@meshwright/rollouts';
import type { ForgeService } from '@meshwright/services';
import type { Hosted } from './origin.ts';
import type { Telling } from './tell.ts';

/** A repository on its forge, with what the forge's plugin can do. */
export interface TellingForge extends Hosted {
  forge: ForgeService;
}

/** What was told, so that it is not told again as long as it stays the same. */
type Told = Record<string, string>;

/**
 * A status on the commit for each pattern, and one comment for each on the pull request that has brought it in, both changed
 * in place; a pull request for the branch that reverts what was taken back.
 */
export async function tellForge(
  where: TellingForge,
  telling: Telling,
): Promise<{ message: Told; told: string[] }> {
  const { input, status } = telling;
  const told: Told = { ...input.message };
  const commit = status.kind === 'pull-request' ? status.status.pullRequest?.head : undefined;
  for (const notice of telling.notices) {
    await tellStatus(where, notice, { kind: status.kind, commit: commit ?? notice.commit.id }, told);
  }
  const number = await pullRequestOf(where, telling, told);
  // The rollout of the merge goes on with the comment.
  const isHandedOn = status.kind === 'pull-request' && status.status.phase === Phase.succeeded;
  if (number !== undefined && !isHandedOn) {
    for (const notice of telling.notices) await tellComment(where, notice, number, told);
  }
  await offerRevert(where, telling, told);
  return { message: told, told: [...input.told] };
}

async function tellStatus(
  { connection, project }: TellingForge,
  notice: Notice,
  { kind, commit }: { kind: GatedStatus['kind']; commit: string },
  told: Told,
): Promise<void> {
  const url = notice.links[0]?.url;
  const status: CommitStatus = {
    state: stateOf(notice, kind),
    context: `meshwright/${notice.pattern}`,
    description: notice.summary,
    ...(url === undefined ? {} : { url }),
  };
  await once(told, `status:${notice.pattern}`, `${commit} ${JSON.stringify(status)}`, () =>
    connection.setStatus(project, commit, status),
  );
}

/** A plan that is approved, or needs no approval, lets its pull request be merged. */
function stateOf({ phase }: Notice, kind: GatedStatus['kind']): CommitStatus['state'] {
  switch (phase) {
    case Phase.succeeded:
      return 'success';
    case Phase.rejected:
    case Phase.rolledBack:
    case Phase.failed:
    case Phase.invalid:
      return 'failure';
    case Phase.cancelled:
      return 'error';
    case Phase.queued:
      return kind === 'pull-request' ? 'success' : 'pending';
    default:
      return 'pending';
  }
}

/** The pull request that is commented on: its own, or the one that has brought the commit in. */
async function pullRequestOf(
  { connection, project, branch }: TellingForge,
  { status }: Telling,
  told: Told,
): Promise<number | undefined> {
  if (status.kind === 'pull-request') return status.status.pullRequest?.number;
  const known = told['pull-request'];
  if (known !== undefined) return known === 'none' ? undefined : Number(known);
  const { commit } = status.status;
  const found = await connection.pullRequestsOf(project, typeof commit === 'string' ? commit : commit.id);
  const merged = found.find(({ state, base }: PullRequest) => state === 'merged' && base === branch);
  told['pull-request'] = merged === undefined ? 'none' : String(merged.number);
  return merged?.number;
}

async function tellComment(
  { connection, project, forge }: TellingForge,
  notice: Notice,
  number: number,
  told: Told,
): Promise<void> {
  // Names of patterns and paths; nothing in them ends an HTML comment.
  const marker = `<!-- meshwright:${notice.repository}/${notice.pattern.replaceAll('--', '- -').replace(/[<>]/g, '')} -->`;
  const markdown = forge.plugin.render(notice);
  await once(told, `comment:${notice.pattern}`, markdown, () =>
    connection.putComment(project, number, { marker, markdown }),
  );
}

async function offerRevert(
  { connection, project, branch }: TellingForge,
  { status }: Telling,
  told: Told,
): Promise<void> {
  if (status.kind !== 'rollout' || !isFinal(status.status.phase)) return;
  const { hold, pattern, commit, rollout } = status.status;
  const revert = hold?.revert;
  if (hold === undefined || revert === undefined) return;
  await once(told, 'revert', revert, async () => {
    const title = `Revert ${pattern} to before ${commit.slice(0, 12)}`;
    const body = `\`${rollout}\` was taken back. Merging this lets the repository say what the clusters have.`;
    const offer = { branch: revert, base: branch, title, body };
    await connection.offerPullRequest(project, offer);
  });
}

/** Does it unless the same has been done the last time. */
async function once(told: Told, key: string, what: string, work: () => Promise<unknown>): Promise<void> {
  const digest = createHash('sha256').update(what).digest('hex').slice(0, 24);
  if (told[key] === digest) return;
  await work();
  told[key] = digest;
}
