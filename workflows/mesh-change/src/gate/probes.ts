import { CancellationScope } from '@temporalio/workflow';
import { TemporalFailure } from '@temporalio/common';
import { failureOf } from '@meshwright/model';
import { targetActivities } from '@meshwright/workflow-kit';
import { type Change, planOf } from '../change.ts';
import { withLines } from '../failures.ts';
import type { Gate } from './gate.ts';

const attemptSeconds = 300;

/** Measures with the gate's own pods there, where it has any; they go again unless they stay for the whole change. */
export async function withProbes<Result>(
  change: Change,
  gate: Gate,
  measure: () => Promise<Result>,
): Promise<Result> {
  const { probes } = gate.plan;
  if (probes === undefined) return measure();
  const { cluster, digest } = planOf(change);
  const what = `create the probes on ${cluster}`;
  try {
    await targetActivities({
      cluster,
      what,
      attemptSeconds,
      altogetherSeconds: 2 * attemptSeconds,
    }).openProbes({
      cluster,
      plan: digest,
    });
    return await measure();
  } finally {
    if (!probes.staysOpen) await closeProbes(change, gate);
  }
}

/** Deletes the gate's own pods, also when the run is being cancelled; what cannot be deleted is told. */
export async function closeProbes(change: Change, gate: Gate): Promise<void> {
  const { probes } = gate.plan;
  if (probes === undefined) return;
  const { cluster, digest } = planOf(change);
  const what = `delete the probes on ${cluster}`;
  await CancellationScope.nonCancellable(async () => {
    try {
      const limits = { attemptSeconds, altogetherSeconds: 2 * attemptSeconds };
      await targetActivities({ cluster, what, ...limits }).closeProbes({ cluster, plan: digest });
    } catch (error) {
      if (!(error instanceof TemporalFailure)) throw error;
      const line = `The probes are left in ${probes.namespaces.join(', ')}: ${failureOf(error).message}`;
      gate.status.reason = `${gate.status.reason ?? ''} ${line}`.trim();
      const { failure } = change.status;
      if (failure !== undefined) change.status.failure = withLines(failure, line);
    }
  });
}
