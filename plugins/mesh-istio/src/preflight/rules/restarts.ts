import { plural } from '@meshwright/model';
import { valueAt } from '@meshwright/plugin-sdk';
import { isOptedOut } from '../../sidecar.ts';
import { type Finding, type Look, type Rule } from '../finding.ts';
import { selects } from '../labels.ts';
import type { DisruptionBudget, Workload } from '../shapes.ts';
import type { Subject } from '../subject.ts';
import type { View } from '../view.ts';

/** Workloads that may have to restart can: restarts wait for budgets to allow a disruption, and some never do. */
export const restarts: Rule = {
  id: 'restart',
  title: 'Workloads that join this version of the mesh can restart',
  needs: ['workloads', 'budgets'],
  look: (view): Look => {
    const workloads = view.workloads.filter(
      (subject) =>
        view.restarting.has(subject.metadata.namespace) &&
        podsOf(subject) > 0 &&
        !isOptedOut(subject.spec.template.metadata, subject.spec.template.spec),
    );
    return {
      findings: [...workloads.flatMap(stuck), ...protectedForever(view, workloads)],
      looked:
        view.restarting.size === 0
          ? 'nothing has to restart'
          : `${plural(workloads.length, 'workload')} may restart`,
    };
  },
};

function stuck(subject: Subject<Workload>): Finding[] {
  const { paused, updateStrategy } = subject.spec;
  const about = (problem: string, remedy: string) => [
    { object: subject.name, problem, remedy, blocks: true },
  ];
  if (paused) return about('has to restart and is paused', 'resume its rollout first');
  if (updateStrategy.type !== 'OnDelete') return [];
  return about(
    'has to restart, and its pods are only replaced when somebody deletes them',
    'give it the update strategy RollingUpdate, or take its namespace out of the mesh',
  );
}

function protectedForever({ budgets }: View, workloads: Subject<Workload>[]): Finding[] {
  return budgets.flatMap((budget) => {
    const { selector } = budget.spec;
    const own = workloads.filter(
      ({ metadata, spec }) =>
        selector !== undefined &&
        metadata.namespace === budget.metadata.namespace &&
        selects(selector, spec.template.metadata.labels),
    );
    const pods = own.reduce((sum, subject) => sum + podsOf(subject), 0);
    const why = own.length === 0 ? undefined : neverAllows(budget.spec, pods);
    if (why === undefined) return [];
    return [
      {
        object: budget.name,
        problem: `never lets ${own.map(({ name }) => name).join(', ')} restart: ${why}`,
        remedy: 'run one replica more, or loosen the budget for the change',
        blocks: true,
      },
    ];
  });
}

/**
 * How many pods a workload has: what its manifest says, else what an autoscaler or a DaemonSet's nodes made of it. What is
 * not there yet has none that could restart.
 */
function podsOf({ spec, live }: Subject<Workload>): number {
  if (live === undefined) return 0;
  const made = valueAt(live, live.kind === 'DaemonSet' ? 'status.desiredNumberScheduled' : 'spec.replicas');
  return spec.replicas ?? (typeof made === 'number' ? made : 1);
}

/** Why a budget allows no disruption of so many healthy pods; shares are rounded up (Kubernetes' disruption guide). */
function neverAllows({ minAvailable, maxUnavailable }: DisruptionBudget, pods: number): string | undefined {
  if (maxUnavailable !== undefined) {
    return amountOf(maxUnavailable, pods) === 0 ? `maxUnavailable is ${maxUnavailable}` : undefined;
  }
  if (minAvailable === undefined || amountOf(minAvailable, pods) < pods) return undefined;
  return `minAvailable is ${minAvailable} of ${pods}`;
}

function amountOf(amount: number | string, pods: number): number {
  if (typeof amount === 'number') return amount;
  return Math.ceil((Number.parseInt(amount, 10) * pods) / 100);
}
