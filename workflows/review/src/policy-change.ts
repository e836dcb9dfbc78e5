import {
  condition,
  defineQuery,
  defineSignal,
  defineUpdate,
  getExternalWorkflowHandle,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { CancelledFailure } from '@temporalio/common';
import {
  formatDiagnostic,
  Gate,
  Message,
  Phase,
  plural,
  workflowId,
  type ApprovalRules,
  type DecisionRequest,
  type Failure,
  type PolicyChangeInput,
  type PolicyChangeStatus,
  type PolicyDecided,
} from '@meshwright/model';
import { digestOf, passGate, takeDecision, type Gated, type GateEnd } from '@meshwright/approval-gate';
import { startNotices, type Followers } from '@meshwright/messages';
import {
  code,
  escapeMarkdown,
  failRun,
  failureSection,
  gatewayActivities,
  setAttributes,
} from '@meshwright/workflow-kit';

const policyChangeStatus = defineQuery<PolicyChangeStatus>(Message.policyChangeStatus);
const decide = defineUpdate<PolicyChangeStatus, [DecisionRequest]>(Message.decide);
const superseded = defineSignal<[string]>(Message.superseded);

/** A policy change while it runs. */
interface Review extends Gated {
  status: PolicyChangeStatus & Gated['status'];
  followers: Followers;
  supersededBy?: string;
}

/**
 * Waits until a changed policy file is approved by those whom the policy before it names, and then lets the repository's watch
 * know that it counts. Until then, and where it is rejected or nobody decides in time, the policy before it counts.
 */
export async function policyChange(input: PolicyChangeInput): Promise<PolicyChangeStatus> {
  const review = await begin(input);
  const failure = invalid(input) ?? (await approve(review, input));
  const { status, followers } = review;
  delete status.waitingFor;
  status.finishedAt = Date.now();
  if (status.approval !== undefined) status.approval.settledAt ??= status.finishedAt;
  if (failure === undefined) await letCount(input);
  else status.failure = failure.failure;
  enter(review, failure?.phase ?? Phase.succeeded);
  await followers.told();
  if (failure !== undefined) throw failRun(failure.failure, status);
  return status;
}

async function begin(input: PolicyChangeInput): Promise<Review> {
  const { repository, commit, path, before, after, diagnostics } = input;
  const status: Review['status'] = {
    repository,
    commit,
    path,
    phase: Phase.planning,
    before,
    ...(after === undefined ? {} : { after }),
    diagnostics,
    decisions: [],
    startedAt: workflowInfo().startTime.getTime(),
  };
  setHandler(policyChangeStatus, () => status);
  setAttributes({ repository, commit: commit.id, phase: status.phase });
  const followers = await startNotices('policy-change', input);
  const review: Review = {
    repository,
    status,
    followers,
    rules: undefined,
    askers: { commit, accounts: [] },
    publish: () => show(review),
  };
  setHandler(superseded, (by) => {
    review.supersededBy = by;
  });
  setHandler(
    decide,
    (request) => {
      takeDecision(review, request, false);
      return status;
    },
    { validator: (request: DecisionRequest) => takeDecision(review, request, true) },
  );
  return review;
}

interface Stop {
  phase: Phase;
  failure: Failure;
}

function invalid({ path, diagnostics }: PolicyChangeInput): Stop | undefined {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return undefined;
  return {
    phase: Phase.invalid,
    failure: {
      code: 'INVALID_POLICY',
      message: `${path} is not a valid policy: ${plural(errors.length, 'error')}.`,
      remedy: 'Correct the file and commit again. The policy before it counts.',
      lines: errors.slice(0, 20).map(formatDiagnostic),
    },
  };
}

/** Why it does not count; undefined when it does. */
async function approve(review: Review, input: PolicyChangeInput): Promise<Stop | undefined> {
  const { repository, commit, before, after } = input;
  const gateway = gatewayActivities('who may approve a change of the policy');
  const [{ rules }, origin] = await Promise.all([
    gateway.readRules({ repository, policy: before }),
    gateway.findOrigin({ repository, commit: commit.id }),
  ]);
  if (rules === undefined) throw new Error(`The policy ${before} has no rules.`);
  review.rules = rules;
  review.askers.accounts = origin.accounts;
  enter(review, Phase.awaitingApproval);
  for (;;) {
    const end = await pass(review, rules, digestOf([Gate.policy, before, after ?? 'none']));
    if (review.supersededBy !== undefined) return supersededStop(review.supersededBy);
    const stop = stopOf(end);
    if (stop !== 'again') return stop;
  }
}

function pass(review: Review, { changes }: ApprovalRules, subject: string): Promise<GateEnd> {
  return passGate(
    review,
    {
      gate: Gate.policy,
      title: 'of the changed approval policy',
      run: workflowInfo().runId,
      subject,
      confirms: ['Who may approve changes from now on, and when they may go out, is changed.'],
    },
    { terms: { ...changes, required: true }, isOver: () => review.supersededBy !== undefined },
  );
}

function stopOf(end: GateEnd): Stop | undefined | 'again' {
  if (end.end === 'open') return undefined;
  return end.end === 'over' ? 'again' : { phase: Phase.rejected, failure: end.failure };
}

function supersededStop(by: string): Stop {
  return {
    phase: Phase.cancelled,
    failure: { code: 'SUPERSEDED', message: `A newer change of the policy has taken its place: ${by}.` },
  };
}

/** Tells the watch, and does not end before it knows. */
async function letCount({ repository, commit, after }: PolicyChangeInput): Promise<void> {
  const decided: PolicyDecided = { commit: commit.id, ...(after === undefined ? {} : { policy: after }) };
  const watch = getExternalWorkflowHandle(workflowId.repository(repository));
  for (;;) {
    try {
      await watch.signal(Message.policyDecided, decided);
      return;
    } catch (error) {
      if (error instanceof CancelledFailure) throw error;
      // It is being started anew.
      await condition(() => false, '10 seconds');
    }
  }
}

function enter(review: Review, phase: Phase): void {
  review.status.phase = phase;
  setAttributes({ phase });
  show(review);
}

function show({ status, followers }: Review): void {
  const { repository, path, commit, phase, waitingFor, failure, approval } = status;
  setCurrentDetails(
    [
      `**${code(path)}** of repository ${code(repository)} at ${code(commit.id)}: **${phase}**`,
      `“${escapeMarkdown(commit.subject)}” by ${escapeMarkdown(commit.author)}`,
      ...(waitingFor === undefined ? [] : [`**Waits for** ${escapeMarkdown(waitingFor)}.`]),
      ...(approval === undefined ? [] : [`Decided on is ${code(approval.subject)}.`]),
      ...(failure === undefined ? [] : [failureSection(failure)]),
    ].join('\n\n'),
  );
  followers.tell();
}
