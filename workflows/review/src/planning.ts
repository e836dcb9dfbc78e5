import { TemporalFailure } from '@temporalio/common';
import { workflowInfo } from '@temporalio/workflow';
import {
  describePlanning,
  failureOf,
  formatDiagnostic,
  Gate,
  Phase,
  type ApprovalRules,
  type PullRequestState,
  type RolloutInput,
  type RolloutStatus,
  type ValidPattern,
} from '@meshwright/model';
import {
  asksFirst,
  confirmationsOf,
  openApproval,
  readRules,
  subjectOf,
  type Askers,
  type Gated,
} from '@meshwright/approval-gate';
import { initialStatus } from '@meshwright/pattern-rollout';
import { repositoryActivities, targetActivities } from '@meshwright/workflow-kit';

/** A pattern of a pull request, planned as it would be after the merge. */
export interface PlannedPattern {
  status: RolloutStatus;
  /** Where decisions on it are taken. */
  gated: Gated;
}

interface Reviewed {
  repository: string;
  askers: Askers;
  rules: ApprovalRules | undefined;
  before: readonly PlannedPattern[];
  publish: () => void;
}

const attemptSeconds = 600;

/** Plans every pattern that a pull request changes; what was decided before on the same plans stays. */
export async function planHead(
  repository: string,
  { head, headRef, accounts }: PullRequestState,
  { before, publish }: Pick<Reviewed, 'before' | 'publish'>,
): Promise<{ patterns: PlannedPattern[]; notes: string[] }> {
  const [{ commit, rollouts, notes }, rules] = await Promise.all([
    repositoryActivities(`read ${head.slice(0, 12)}`).readPullRequestHead({
      repository,
      ref: headRef,
      commit: head,
    }),
    readRules(repository),
  ]);
  const reviewed = { repository, askers: { commit, accounts }, rules, before, publish };
  const patterns = await Promise.all(rollouts.map((input) => planPattern(input, reviewed)));
  return { patterns, notes };
}

async function planPattern(input: RolloutInput, reviewed: Reviewed): Promise<PlannedPattern> {
  const status = { ...initialStatus(input), startedAt: Date.now() };
  const { repository, rules, askers, publish } = reviewed;
  const gated: Gated = { repository, status, rules, askers, publish };
  const { valid } = input;
  if (valid === undefined) {
    const lines = input.diagnostics.slice(0, 20).map(formatDiagnostic);
    end(status, Phase.invalid, {
      code: 'INVALID_PATTERN',
      message: `${input.path} is not a valid pattern.`,
      remedy: 'Correct the file and push again.',
      lines,
    });
    return { status, gated };
  }
  await Promise.all(status.targets.map((target) => planTarget(input, valid, target)));
  const failed = status.targets.find(({ failure }) => failure !== undefined);
  if (failed?.failure !== undefined) end(status, Phase.failed, failed.failure);
  else openGate(gated, valid, reviewed);
  return { status, gated };
}

function end(status: RolloutStatus, phase: Phase, failure: NonNullable<RolloutStatus['failure']>): void {
  status.phase = phase;
  status.failure = failure;
}

async function planTarget(
  { pattern, repository, commit, purpose }: RolloutInput,
  { snapshot, mesh }: ValidPattern,
  target: RolloutStatus['targets'][number],
): Promise<void> {
  const { cluster } = target;
  const what = describePlanning(mesh, { purpose, cluster });
  // A pull request is told that a target is away, instead of waiting for it for ever.
  const { planChange } = targetActivities({
    cluster,
    what,
    attemptSeconds,
    altogetherSeconds: attemptSeconds,
  });
  try {
    target.plan = await planChange({
      cluster,
      pattern,
      repository,
      commit: commit.id,
      snapshot,
      purpose,
      adopt: false,
      despiteHold: true,
    });
    target.phase = Phase.queued;
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    target.phase = Phase.failed;
    target.failure = failureOf(error);
  }
}

/** Opens the gate that the rollout of the merge will open; decisions on the same subject are kept. */
function openGate(gated: Gated, { approval: terms }: ValidPattern, { before, rules }: Reviewed): void {
  const status = gated.status as RolloutStatus;
  const plans = status.targets.flatMap(({ plan }) => plan ?? []);
  const confirms = plans.flatMap(confirmationsOf);
  const asks = plans.some((plan) => asksFirst(plan, terms));
  status.phase = asks ? Phase.awaitingApproval : Phase.queued;
  if (!asks) return;
  const subject = subjectOf(plans);
  const earlier = before.find((one) => one.status.approval?.subject === subject);
  if (earlier?.status.approval !== undefined) {
    status.approval = earlier.status.approval;
    status.decisions = earlier.status.decisions;
    return;
  }
  const { runId: run } = workflowInfo();
  status.approval = openApproval(
    { gate: Gate.change, title: 'before the merge', run, subject, confirms },
    terms,
    rules,
    Date.now(),
  );
}
