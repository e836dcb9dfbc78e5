import type { Arm, BaselineBlock, CostFigure, TrialCost, TrialRecord, Usage } from '@meshwright/model';
import { median } from './quantile.ts';

const arms: readonly Arm[] = ['a', 'b'];

/** What of the parts of a trial's cost is told, and how. */
const figures: readonly {
  name: string;
  unit: string;
  part: keyof TrialCost;
  of: (usage: Usage, trial: TrialRecord) => number;
}[] = [
  { name: 'proxyCpu', unit: 'ms per 1,000 requests', part: 'proxies', of: perThousand },
  { name: 'proxyMemory', unit: 'bytes', part: 'proxies', of: ({ memory }) => memory },
  { name: 'controlPlaneCpu', unit: 'millicores', part: 'controlPlane', of: ({ millicores }) => millicores },
  { name: 'controlPlaneMemory', unit: 'bytes', part: 'controlPlane', of: ({ memory }) => memory },
  { name: 'nodeCpu', unit: 'ms per 1,000 requests', part: 'nodes', of: perThousand },
  { name: 'nodeMemory', unit: 'bytes', part: 'nodes', of: ({ memory }) => memory },
];

/** Milliseconds in a second, over requests in a second. */
function perThousand({ millicores }: Usage, { achievedRate }: TrialRecord): number {
  return (millicores / achievedRate) * 1_000;
}

/**
 * What each arm used while it was measured: of each figure the median over the valid trials that have it. What no trial
 * has is left out.
 */
export function costFigures(blocks: readonly Pick<BaselineBlock, Arm>[]): CostFigure[] {
  return arms.flatMap((arm) => {
    const trials = blocks
      .map((block) => block[arm])
      .filter(({ invalid, achievedRate }) => invalid.length === 0 && achievedRate > 0);
    return figures.flatMap(({ name, unit, part, of }) => {
      const values = trials.flatMap((trial) => {
        const usage = trial.cost?.[part];
        return usage === undefined ? [] : [of(usage, trial)];
      });
      return values.length === 0 ? [] : [{ arm, name, unit, value: median(values) }];
    });
  });
}
