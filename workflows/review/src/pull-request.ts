import {
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  defineUpdate,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import {
  Message,
  Phase,
  type DecisionRequest,
  type PullRequestState,
  type PullRequestStatus,
} from '@meshwright/model';
import { outcomeOf, takeDecision, type Gated } from '@meshwright/approval-gate';
import { startNotices, type Followers } from '@meshwright/messages';
import { code, escapeMarkdown, failRun, gatewayActivities, setAttributes } from '@meshwright/workflow-kit';
import { planHead, type PlannedPattern } from './planning.ts';

/** What starts the plan of a pull request. */
export interface PullRequestInput {
  repository: string;
  number: number;
  channels: readonly string[];
  /** The head that somebody known has asked a plan for; carried from the run before. */
  asked?: string;
}

const pullRequestStatus = defineQuery<PullRequestStatus>(Message.pullRequestStatus);
const decide = defineUpdate<PullRequestStatus, [DecisionRequest]>(Message.decide);
const hint = defineSignal<[string?]>(Message.pullRequestHint);

/** How often a pull request is looked at that nobody speaks of: a webhook may have got lost. */
const lookEvery = '30 minutes';

/** The plan of a pull request while it is open. */
interface Review {
  input: PullRequestInput;
  status: PullRequestStatus;
  patterns: PlannedPattern[];
  followers: Followers;
  /** The commit that was planned, and how often somebody has asked since. */
  planned?: string;
  hints: number;
}

/**
 * Plans what a pull request would change once it is merged, against the targets as they are, and takes decisions on it, until
 * it is merged or closed. What is decided here counts for the rollouts of the merge where they do exactly the same.
 */
export async function pullRequestPlan(input: PullRequestInput): Promise<PullRequestStatus> {
  const review = await begin(input);
  const { status } = review;
  while (!workflowInfo().continueAsNewSuggested) {
    const seen = review.hints;
    const state = await look(review);
    if (state.state !== 'open') return finish(review, state);
    if (state.refused === undefined) await plan(review, state, seen);
    else waitFor(review, state.refused);
    await condition(() => review.hints > seen, lookEvery);
  }
  status.finishedAt = Date.now();
  await continueAsNew<typeof pullRequestPlan>(review.input);
  return status;
}

async function begin(input: PullRequestInput): Promise<Review> {
  const { repository } = input;
  const status: PullRequestStatus = {
    repository,
    rollouts: [],
    notes: [],
    phase: Phase.planning,
    startedAt: workflowInfo().startTime.getTime(),
  };
  const review: Review = { input, status, patterns: [], followers: nobodyYet, hints: 1 };
  setHandler(pullRequestStatus, () => status);
  setHandler(hint, (asked?: string) => {
    review.hints += 1;
    if (asked !== undefined) review.input = { ...review.input, asked };
  });
  setHandler(
    decide,
    (request) => {
      takeDecision(gatedOf(review, request), request, false);
      return status;
    },
    { validator: (request: DecisionRequest) => takeDecision(gatedOf(review, request), request, true) },
  );
  setAttributes({ repository, phase: status.phase });
  review.followers = await startNotices('pull-request', input);
  return review;
}

const nobodyYet: Followers = { tell: () => undefined, told: () => Promise.resolve() };

/** What a decision is about is said by its subject: each pattern has a plan of its own. */
function gatedOf({ patterns }: Review, request: DecisionRequest): Gated {
  const subject =
    typeof request === 'object' ? (request as Partial<DecisionRequest> | null)?.subject : undefined;
  const found = patterns.find(({ gated }) => gated.status.approval?.subject === subject) ?? patterns[0];
  if (found !== undefined) return found.gated;
  throw failRun({ code: 'APPROVAL_REFUSED', message: 'Nothing waits for a decision here.' }, {});
}

async function look({ input, status }: Review): Promise<PullRequestState> {
  const { repository, number, asked } = input;
  const state = await gatewayActivities(`look at pull request ${number}`).readPullRequest({
    repository,
    number,
    ...(asked === undefined ? {} : { asked }),
  });
  status.pullRequest = state;
  return state;
}

async function plan(review: Review, state: PullRequestState, hints: number): Promise<void> {
  const { status, input } = review;
  if (review.planned === `${state.head} ${hints}`) return;
  enter(review, Phase.planning);
  waitFor(review, `the plan of ${state.head.slice(0, 12)}`);
  const { patterns, notes } = await planHead(input.repository, state, {
    before: review.patterns,
    publish: () => moved(review),
  });
  review.patterns = patterns;
  review.planned = `${state.head} ${hints}`;
  status.rollouts = patterns.map((pattern) => pattern.status);
  status.notes = notes;
  moved(review);
}

/** The phase follows from what has been decided. */
function moved(review: Review): void {
  const { status, patterns } = review;
  const open = patterns.filter(
    ({ gated: { status: own, rules } }) =>
      own.approval !== undefined && outcomeOf(own.approval, rules) === undefined,
  );
  if (open.length > 0) {
    status.waitingFor = `an approval of ${open.map((pattern) => pattern.status.pattern).join(', ')}`;
    enter(review, Phase.awaitingApproval);
  } else {
    status.waitingFor = 'its merge';
    enter(review, Phase.queued);
  }
}

async function finish(review: Review, { state }: PullRequestState): Promise<PullRequestStatus> {
  const { status, patterns, followers } = review;
  const now = Date.now();
  delete status.waitingFor;
  status.finishedAt = now;
  for (const { gated } of patterns) {
    if (gated.status.approval !== undefined) gated.status.approval.settledAt ??= now;
  }
  enter(review, state === 'merged' ? Phase.succeeded : Phase.cancelled);
  await followers.told();
  return status;
}

function waitFor(review: Review, what: string): void {
  review.status.waitingFor = what;
  show(review);
}

function enter(review: Review, phase: Phase): void {
  if (review.status.phase !== phase) setAttributes({ phase });
  review.status.phase = phase;
  show(review);
}

function show({ status, input, followers }: Review): void {
  const { pullRequest, phase, waitingFor, rollouts, notes } = status;
  const title = pullRequest === undefined ? '' : `: ${escapeMarkdown(pullRequest.title)}`;
  setCurrentDetails(
    [
      `**Pull request ${input.number}** of ${code(input.repository)}${title}: **${phase}**`,
      ...(waitingFor === undefined ? [] : [`**Waits for** ${escapeMarkdown(waitingFor)}.`]),
      ...rollouts.map(
        ({ pattern, approval, failure }) =>
          `- ${escapeMarkdown(pattern)}: ${approval === undefined ? 'no decision needed' : code(approval.subject)}${failure === undefined ? '' : ` ${escapeMarkdown(failure.message)}`}`,
      ),
      ...notes.map((note) => `- ${escapeMarkdown(note)}`),
    ].join('\n\n'),
  );
  followers.tell();
}
