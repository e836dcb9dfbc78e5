import { compare, parse } from 'semver';
import { UpgradeStrategy } from '@meshwright/model';
import { minorsBetween } from '@meshwright/plugin-sdk';

/**
 * How many minor versions a change may cross at once, up or down: two beside the running control plane, one in place
 * (Istio's canary and in-place upgrade guides).
 */
const reach: Record<UpgradeStrategy, number> = { [UpgradeStrategy.canary]: 2, [UpgradeStrategy.inPlace]: 1 };

/**
 * The shortest supported way from one version to another, without the first and with the last: one step where the way is
 * direct, else with versions such as `1.29.x` between. Undefined between major versions, where there is none.
 */
export function stepsBetween(from: string, to: string, strategy: UpgradeStrategy): string[] | undefined {
  const [start, end] = [parse(from), parse(to)];
  if (start === null || end === null) return undefined;
  const stops = minorsBetween(start, end, reach[strategy]);
  return stops === undefined ? undefined : [...stops, to];
}

/** Whether `to` is older than `from`. */
export function isOlder(to: string, from: string): boolean {
  return compare(to, from) < 0;
}
