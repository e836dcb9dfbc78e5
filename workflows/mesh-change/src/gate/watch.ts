import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import { TemporalFailure } from '@temporalio/common';
import { type Failure, failureOf, type LoadPath, OnRegression, type StageProgress } from '@meshwright/model';
import { runTrial } from '@meshwright/performance-baseline';
import { countErrors, errorBurst, type ErrorCount } from '@meshwright/statistics';
import type { Change, Turn } from '../change.ts';
import { withLines } from '../failures.ts';
import { standStill } from '../standing.ts';
import type { Gate } from './gate.ts';

/** Enough to see an outage within seconds, little enough to cost nothing. */
const mostRate = 20;
/** Looks are short at first; a change of hours would otherwise fill its history. */
const looks = { short: 2, many: 150, long: 10 };
/** To know the share of errors before, where nothing was measured before the change. */
const firstLookSeconds = 10;
/** What a look may take beside its load. */
const marginSeconds = 30;

/**
 * Carries out stages while requests are sent to the workload. As soon as more of them fail than before, beyond chance,
 * the way forward is called off: `orders.burst` says why.
 */
export async function underWatch<Result>(
  change: Change,
  gate: Gate | undefined,
  stages: () => Promise<Result>,
): Promise<Result> {
  const path = gate?.plan.watch;
  if (gate === undefined || path === undefined || gate.plan.onRegression === OnRegression.report) {
    return stages();
  }
  const scope = new CancellationScope();
  const watching = scope.run(() => watch(change, gate, path)).catch(ignoreCancellation);
  try {
    return await stages();
  } finally {
    scope.cancel();
    await watching;
  }
}

/** Where a change leads that made requests fail: back, or as a person says. */
export async function afterBurst(
  change: Change,
  burst: Failure,
  { id }: StageProgress,
): Promise<Turn | 'retry'> {
  const failure: Failure = { ...burst, stage: id };
  delete change.orders.burst;
  if (change.status.gate !== undefined) change.status.gate.reason = burst.message;
  if (change.status.plan?.gate?.onRegression !== OnRegression.hold) return { to: 'back', failure };
  const decision = await standStill(change, failure);
  if (decision.to === 'end') return decision;
  if (decision.to === 'rollback') return { to: 'back', failure };
  // The scope of before is cancelled for good.
  change.orders.forward = new CancellationScope();
  return 'retry';
}

async function watch(change: Change, gate: Gate, path: LoadPath): Promise<void> {
  const before = await countBefore(gate, path);
  const during: ErrorCount = { requests: 0, errors: 0 };
  for (let turn = 0; ; turn += 1) {
    const seen = await look(gate, path, turn < looks.many ? looks.short : looks.long);
    during.requests += seen.requests;
    during.errors += seen.errors;
    const { burst, accepted } = errorBurst(before, during, { margin: gate.plan.errorMargin });
    if (!burst) continue;
    change.orders.burst = burstFailure(path, during, accepted);
    change.orders.forward.cancel();
    return;
  }
}

async function countBefore(gate: Gate, path: LoadPath): Promise<ErrorCount> {
  const trials = gate.comparisons.flatMap(({ before }) => before.map(({ subject }) => subject));
  const counted = countErrors(trials);
  return counted.requests > 0 ? counted : look(gate, path, firstLookSeconds);
}

/** Nothing is counted where the sender itself is away: its pod may be restarting. */
async function look({ plan }: Gate, path: LoadPath, seconds: number): Promise<ErrorCount> {
  const rate = Math.min(plan.load.rate, mostRate);
  const load = { ...plan.load, rate, connections: 2, warmUpSeconds: 0, seconds };
  const wish = { path: { ...path, cost: 'none' }, seed: 1, what: 'watch for errors', attempts: 1 } as const;
  try {
    return countErrors([await runTrial({ ...plan, load }, { ...wish, marginSeconds })]);
  } catch (error) {
    if (!(error instanceof TemporalFailure) || isCancellation(error)) throw error;
    if (failureOf(error).code === 'LOAD_UNREACHED')
      return { requests: rate * seconds, errors: rate * seconds };
    await sleep(looks.short * 1_000);
    return { requests: 0, errors: 0 };
  }
}

function burstFailure({ endpoint }: LoadPath, { requests, errors }: ErrorCount, accepted: number): Failure {
  const share = (part: number): string => `${(part * 100).toFixed(2)} %`;
  return withLines(
    {
      code: 'ERROR_BURST',
      message: `Requests to ${endpoint.address} failed while the change ran: ${errors} of ${requests}.`,
    },
    `Up to ${share(accepted)} is what was before, chance and the limit together; these are ${share(errors / requests)}.`,
  );
}

function ignoreCancellation(error: unknown): void {
  if (!isCancellation(error)) throw error;
}
