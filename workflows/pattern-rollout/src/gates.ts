import {
  CancellationScope,
  condition,
  defineSignal,
  defineUpdate,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import {
  Gate,
  Message,
  Phase,
  type DecisionRequest,
  type PlanSummary,
  type RolloutStatus,
} from '@meshwright/model';
import {
  asksFirst,
  askTimes,
  confirmationsOf,
  digestOf,
  impossible,
  isEmpty,
  passGate,
  readRules,
  subjectOf,
  takeDecision,
  type GateEnd,
  type GateSubject,
  type GateTerms,
} from '@meshwright/approval-gate';
import { gatewayActivities } from '@meshwright/workflow-kit';
import { plansOf } from './plans.ts';
import { isOver, publish, RolloutStop, stopIfOver, waitFor, type Rollout } from './state.ts';

const decide = defineUpdate<RolloutStatus, [DecisionRequest]>(Message.decide);
const policyChanged = defineSignal(Message.policyChanged);

/** Takes decisions from now on: each is checked before it is written to history, and answered. */
export function takeDecisions(rollout: Rollout): void {
  setHandler(
    decide,
    (request) => {
      // Two decisions may have been validated before either was taken.
      takeDecision(rollout, request, false);
      return rollout.status;
    },
    { validator: (request: DecisionRequest) => takeDecision(rollout, request, true) },
  );
  setHandler(policyChanged, async () => {
    rollout.rules = await readRules(rollout.repository);
    // Who may decide on the gate that waits is asked anew.
    if (rollout.status.approval?.settledAt === undefined) delete rollout.status.approval;
  });
}

/**
 * Waits until the plans, as they stand now, are approved or confirmed, and changes may begin; returns at once where none of
 * them changes anything. Plans that change meanwhile open a new gate: nothing counts that was decided on others.
 * @throws RolloutStop when the plans are rejected, nobody decides in time, somebody cancels the
 *   rollout, or a newer one takes over.
 */
export async function awaitApproval(rollout: Rollout): Promise<void> {
  const { status, valid } = rollout;
  const plans = plansOf(rollout).filter((plan) => !isEmpty(plan));
  if (plans.length === 0) return;
  const asks = plans.some((plan) => asksFirst(plan, valid.approval));
  if (!asks && !(await mustWait(rollout, plans))) return;
  if (asks) await learnOrigin(rollout);
  const subject = (): GateSubject => {
    const now = plansOf(rollout);
    return {
      gate: Gate.change,
      title: 'before the change',
      run: workflowInfo().runId,
      subject: subjectOf(now),
      confirms: now.flatMap(confirmationsOf),
    };
  };
  await pass(rollout, subject, valid.approval, plans);
  for (const target of status.targets) {
    if (target.phase === Phase.awaitingApproval) target.phase = Phase.queued;
  }
}

/** Waits until the next wave may begin: for an approval of its own where the pattern asks for one, and for its time. */
export async function awaitWave(rollout: Rollout, wave: number, places: readonly number[]): Promise<void> {
  const { status, valid } = rollout;
  const plans = (): PlanSummary[] =>
    places.flatMap((place) => status.targets[place]?.plan ?? []).filter((plan) => !isEmpty(plan));
  if (plans().length === 0) return;
  const { betweenWaves } = valid.approval;
  if (!betweenWaves && !(await mustWait(rollout, plans()))) return;
  const gate = Gate.wave(wave);
  const subject = (): GateSubject => ({
    gate,
    title: `before wave ${wave}`,
    run: workflowInfo().runId,
    subject: digestOf([gate, subjectOf(plans())]),
  });
  const terms = { ...valid.approval, required: betweenWaves };
  await pass(rollout, subject, terms, plans());
}

/** Whether changes may not begin now, although nobody has to approve. */
async function mustWait(rollout: Rollout, plans: readonly PlanSummary[]): Promise<boolean> {
  const { reason } = await askTimes(rollout, timesOf(rollout.status, plans));
  return reason !== undefined;
}

function timesOf(
  { pattern }: RolloutStatus,
  plans: readonly PlanSummary[],
): { pattern: string; clusters: string[] } {
  return { pattern, clusters: plans.map(({ cluster }) => cluster) };
}

async function pass(
  rollout: Rollout,
  subject: () => GateSubject,
  terms: GateTerms,
  plans: readonly PlanSummary[],
): Promise<void> {
  const never = terms.required ? impossible(terms, rollout.rules) : undefined;
  if (never !== undefined) throw new RolloutStop(Phase.failed, never);
  for (;;) {
    stopIfOver(rollout);
    const end = await atGate(rollout, subject().gate, () => {
      publish(rollout, Phase.awaitingApproval);
      return passGate(rollout, subject(), {
        terms,
        times: timesOf(rollout.status, plans),
        earlier: rollout.origin?.decisions ?? [],
        isOver: () => isOver(rollout),
      });
    });
    stopIfOver(rollout);
    if (end.end === 'over') continue;
    waitFor(rollout.status, undefined);
    if (end.end === 'open') return;
    throw new RolloutStop(Phase.rejected, end.failure);
  }
}

/** One gate is open at a time: another one waits for its turn. */
export async function atGate(
  rollout: Rollout,
  gate: string,
  passIt: () => Promise<GateEnd>,
): Promise<GateEnd> {
  await condition(() => rollout.gate === undefined || rollout.gate.name === gate);
  const turn = (rollout.gate ??= { name: gate, inside: 0 });
  turn.inside += 1;
  try {
    return await passIt();
  } finally {
    turn.inside -= 1;
    if (turn.inside === 0) delete rollout.gate;
  }
}

/** Finds out who brought the commit in, before anybody decides on it. */
async function learnOrigin(rollout: Rollout): Promise<void> {
  if (rollout.origin !== undefined) return;
  const { status, repository, askers } = rollout;
  waitFor(status, 'the forge, to say who brought the commit in');
  const scope = new CancellationScope();
  const found = scope.run(() =>
    gatewayActivities(`who brought ${status.commit.slice(0, 12)} in`).findOrigin({
      repository,
      commit: status.commit,
    }),
  );
  found.catch(() => undefined);
  await Promise.race([found, condition(() => isOver(rollout))]);
  if (isOver(rollout)) scope.cancel();
  stopIfOver(rollout);
  const origin = await found;
  rollout.origin = origin;
  askers.accounts = origin.accounts;
}
