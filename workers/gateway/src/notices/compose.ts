import {
  Decision,
  formatDiagnostic,
  type Notice,
  type NoticeLine,
  Phase,
  type PolicyChangeStatus,
  type PullRequestStatus,
  type RolloutStatus,
  type Told,
} from '@meshwright/model';
import { countApprovals, isOpen } from '@meshwright/rollouts';
import { plural } from '@meshwright/wording';
import { noticeApproval } from './approval.ts';
import type { NoticeFacts } from './facts.ts';
import { decisionLines, progressOf, sentence } from './progress.ts';
import { actionOf, noticeTarget } from './target.ts';

/** A rollout as people are told of it; pure. */
export function noticeOfRollout(told: Told, status: RolloutStatus, facts: NoticeFacts): Notice {
  const { repository, pattern, phase, approval, failure, diagnostics } = status;
  const invalid = diagnostics.slice(0, 20).map(formatDiagnostic);
  return {
    rollout: told.workflow,
    run: told.run,
    title: phase === Phase.invalid ? `${pattern}: the pattern is invalid` : `${pattern}: ${actionOf(status)}`,
    summary: summaryOf(status),
    phase,
    repository,
    pattern,
    commit: commitOf(status, facts),
    links: facts.links,
    targets: status.targets.map((target) =>
      noticeTarget(target, target.plan === undefined ? undefined : facts.plans.get(target.plan.digest)),
    ),
    ...(approval === undefined ? {} : { approval: noticeApproval(approval, phase) }),
    ...(failure === undefined ? {} : { failure: { ...failure, lines: failure.lines ?? invalid } }),
    progress: progressOf(status),
  };
}

/** A changed policy file as people are told of it; pure. */
export function noticeOfPolicyChange(told: Told, status: PolicyChangeStatus, facts: NoticeFacts): Notice {
  const { repository, path, phase, approval, failure, commit, startedAt, finishedAt } = status;
  const progress: NoticeLine[] = [
    { key: 'started', at: startedAt, text: `${path} has changed with commit ${commit.id.slice(0, 12)}.` },
    ...decisionLines(approval?.decisions ?? []),
  ];
  if (finishedAt !== undefined) progress.push({ key: 'finished', at: finishedAt, text: sentence(phase) });
  return {
    rollout: told.workflow,
    run: told.run,
    title: `${path}: ${status.after === undefined ? 'the approval policy goes away' : 'the approval policy changes'}`,
    summary: summaryOf(status),
    phase,
    repository,
    pattern: path,
    commit: commitOf({ commit: commit.id, subject: commit.subject, author: commit.author }, facts),
    links: facts.links,
    targets: [],
    ...(approval === undefined ? {} : { approval: noticeApproval(approval, phase) }),
    ...(failure === undefined ? {} : { failure }),
    progress,
  };
}

/**
 * The plans of a pull request as people are told of them: one notice for each pattern, for each is decided on by itself;
 * pure. None where it changes no pattern.
 */
export function noticesOfPullRequest(told: Told, status: PullRequestStatus, facts: NoticeFacts): Notice[] {
  const { pullRequest, rollouts, notes } = status;
  const where = pullRequest === undefined ? '' : `Pull request ${pullRequest.number}: `;
  return rollouts.map((rollout) => {
    const notice = noticeOfRollout(told, rollout, facts);
    const lines = rollout.approval?.decisions ?? rollout.decisions;
    const noted = notes.map((note, place) => ({ key: `note:${place}`, at: status.startedAt, text: note }));
    const title = `${where}${notice.title}`;
    return {
      ...notice,
      ...standingOf(status, rollout),
      title,
      progress: [...noted, ...decisionLines(lines)],
    };
  });
}

/** Once it is decided or over, a pull request stands as a whole. */
function standingOf(
  { phase }: PullRequestStatus,
  { approval, phase: own }: RolloutStatus,
): Partial<Pick<Notice, 'phase' | 'summary'>> {
  if (own === Phase.invalid || own === Phase.failed) return {};
  if (phase === Phase.succeeded)
    return { phase, summary: 'Merged: the rollout of the merge goes on from here.' };
  if (phase === Phase.cancelled) return { phase, summary: 'Closed without a merge: nothing is changed.' };
  if (phase !== Phase.queued) return {};
  const rejected = approval?.decisions.some(({ decision }) => decision === Decision.reject) === true;
  if (rejected)
    return { phase: Phase.rejected, summary: 'Rejected: its rollout would have to be decided on anew.' };
  const summary = approval === undefined ? 'Nothing has to be decided.' : 'Decided: it can be merged.';
  return { phase, summary };
}

function commitOf(
  { commit, subject, author }: Pick<RolloutStatus, 'commit' | 'subject' | 'author'>,
  { commitUrl }: NoticeFacts,
): Notice['commit'] {
  return { id: commit, subject, author, ...(commitUrl === undefined ? {} : { url: commitUrl }) };
}

/** Where something stands, in one sentence. */
function summaryOf({
  phase,
  approval,
  waitingFor,
  failure,
}: Pick<RolloutStatus, 'phase' | 'approval' | 'waitingFor' | 'failure'>): string {
  if (phase === Phase.awaitingApproval && isOpen(approval)) {
    if (approval.held !== undefined) return `Held by ${approval.held.person}.`;
    if (approval.closed?.reason !== undefined) return `Decided, and waits: ${approval.closed.reason}.`;
    const given = countApprovals(approval);
    const groups = approval.requiredGroups;
    const required = groups.length === 0 ? '' : `; one has to be of ${groups.join(', ')}`;
    return `Waits for ${plural(Math.max(1, approval.quorum - given), 'approval')} ${approval.title}${required}.`;
  }
  if (failure !== undefined) return failure.message;
  if (phase === Phase.succeeded) return 'Everything is as the commit says.';
  return waitingFor === undefined ? `${sentence(phase)}.` : `${sentence(phase)}: waits for ${waitingFor}.`;
}
