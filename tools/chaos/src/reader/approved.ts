import { isApply, isDelete } from '../proxy/requests.ts';
import type { SeenWrite } from '../proxy/fault-proxy.ts';
import type { Observation, PlanEvidence, PlanStage, Violation } from './observation.ts';
import {
  approvals,
  needsDecision,
  plannedDigests,
  type ScheduledStage,
  scheduledStages,
} from './payloads.ts';
import type { Run } from './temporal.ts';

const engineManager = 'meshwright';
const inventoryNamespace = 'meshwright-system';

/** Invariant 1: nothing is applied without a plan digest that was approved where approval is required. */
export function checkApproved(observation: Observation): Violation[] {
  const { runs } = observation;
  const changes = runs.filter(({ type }) => type === 'meshChange');
  const problems = changes.flatMap((run) =>
    scheduledStages(run).flatMap((stage) => problemOf(run, stage, observation)),
  );
  return [...new Set([...problems, ...unplannedWrites(observation)])].map((what) => ({ invariant: 1, what }));
}

function problemOf(run: Run, { at, plan, stage }: ScheduledStage, { runs, plans }: Observation): string[] {
  if (!plannedDigests(runs).has(plan))
    return [`Stage ${stage} was applied of ${plan}, which no run planned.`];
  const evidence = plans.get(plan);
  if (evidence === undefined)
    return [`Stage ${stage} was applied of ${plan}, whose evidence cannot be read.`];
  if (![...evidence.stages, ...evidence.rollback].some(({ id }) => id === stage)) {
    return [`Stage ${stage} is none of ${plan}.`];
  }
  const mustBeApproved = needsDecision(run) || evidence.confirmations.length > 0;
  const isApproved = approvals(runs).some((approval) => approval.subject === plan && approval.at <= at);
  return mustBeApproved && !isApproved
    ? [`Stage ${stage} of ${plan} was applied before anybody approved it.`]
    : [];
}

/** Whatever was written must be in one of the plans that were carried out. */
function unplannedWrites({ writes, plans }: Observation): string[] {
  const known = [...plans.values()].filter((plan) => plan !== undefined);
  const objects = new Set(
    stagesOf(known).flatMap(({ objects: all }) =>
      all.map(({ kind, metadata }) => `${kind} ${metadata.name}`),
    ),
  );
  const deleted = new Set(
    stagesOf(known).flatMap(({ deletes, leftovers }) => [...deletes, ...leftovers].map(({ name }) => name)),
  );
  const isUnplanned = (write: SeenWrite): boolean => {
    if (write.namespace === inventoryNamespace) return false;
    if (isApply(write)) {
      return write.fieldManager === engineManager && !objects.has(`${write.kind ?? ''} ${write.name ?? ''}`);
    }
    return isDelete(write) && !deleted.has(write.name ?? '');
  };
  return writes
    .filter(isUnplanned)
    .map(
      ({ method, resource, name = '' }) =>
        `${method} ${resource} ${name} is in no plan that was carried out.`,
    );
}

function stagesOf(plans: readonly PlanEvidence[]): PlanStage[] {
  return plans.flatMap(({ stages, rollback }) => [...stages, ...rollback]);
}
