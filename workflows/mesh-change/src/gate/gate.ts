import { workflowInfo } from '@temporalio/workflow';
import {
  type BaselineContext,
  type BaselineInput,
  type BaselineStatus,
  type GateComparison,
  type GateMeasurement,
  type GatePlan,
  type GateStatus,
  type GateWindow,
  shortCommit,
} from '@meshwright/model';
import { type Change, planOf } from '../change.ts';

/** The measurement of a change while it runs. */
export interface Gate {
  plan: GatePlan;
  status: GateStatus;
  comparisons: Comparison[];
  /** True once it is settled that the change goes on although it was not measured before. */
  unmeasured: boolean;
  /** How often it has been measured after the change: each time is a record of its own. */
  rounds: number;
}

/** One endpoint's comparison. */
export interface Comparison {
  measurement: GateMeasurement;
  input: BaselineInput;
  /** The valid windows before the change; empty where both sides live at once. */
  before: GateWindow[];
  baseline: BaselineStatus;
  /** As people are shown it. */
  shown: GateComparison;
  /** Milliseconds since 1970. */
  startedAt: number;
}

/** The gate of a change that has measured nothing yet; undefined where its plan has none. */
export function openGate(change: Change): Gate | undefined {
  const plan = planOf(change).gate;
  if (plan === undefined) return undefined;
  const comparisons = plan.measurements.map((measurement, place) =>
    beginComparison(change, plan, { measurement, place }),
  );
  const status: GateStatus = {
    contrast: plan.contrast,
    comparisons: comparisons.map(({ shown }) => shown),
  };
  change.status.gate = status;
  return { plan, status, comparisons, unmeasured: false, rounds: 0 };
}

function beginComparison(
  { input }: Change,
  plan: GatePlan,
  { measurement, place }: { measurement: GateMeasurement; place: number },
): Comparison {
  const { contrast, generator, agent, load, looks, metrics, errorMargin } = plan;
  const { endpoint, paths, control } = measurement;
  const name = `${input.pattern}@${shortCommit(input.commit)} on ${input.cluster}: ${endpoint}`;
  return {
    measurement,
    input: {
      name,
      agent,
      generator,
      contrast,
      paths,
      ...(control === undefined ? {} : { control }),
      load,
      metrics,
      errorMargin,
      looks,
      seed: seedOf(input.commit, place),
    },
    before: [],
    baseline: { name, contrast, metrics, blocks: [] },
    shown: { endpoint, trials: { a: 0, b: 0 } },
    startedAt: Date.now(),
  };
}

/** The same for a commit and an endpoint, so that nobody can wish for an order. */
function seedOf(commit: string, place: number): number {
  return (Number.parseInt(commit.slice(0, 6), 16) || 1) + place;
}

/** What a comparison's record is kept with. */
export function contextOf(change: Change): Omit<BaselineContext, 'workflow'> {
  const { repository, pattern, cluster, commit, snapshot } = change.input;
  const { mesh, meshBefore } = planOf(change);
  const named = ({ type, version, revision }: typeof mesh) => ({ mesh: { type, version, revision } });
  return {
    repository,
    pattern,
    cluster,
    arms: {
      a: meshBefore === undefined ? {} : named(meshBefore),
      b: { ...named(mesh), configuration: snapshot, commit },
    },
  };
}

/** The id of a comparison's record: of this run, this endpoint, and how often it was measured. */
export function recordId({ rounds }: Gate, { measurement }: Comparison): string {
  const again = rounds > 1 ? `:${rounds}` : '';
  return `${workflowInfo().runId}:${measurement.endpoint}${again}`;
}
