import { compare, parse } from 'semver';
import { UpgradeStrategy } from '@meshwright/model';

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
  if (start === null || start.major !== end?.major) return undefined;
  const direction = Math.sign(end.minor - start.minor);
  const distance = Math.abs(end.minor - start.minor);
  const steps: string[] = [];
  for (let crossed = reach[strategy]; crossed < distance; crossed += reach[strategy]) {
    steps.push(`${start.major}.${start.minor + direction * crossed}.x`);
  }
  return [...steps, to];
}

/** Whether `to` is older than `from`. */
export function isOlder(to: string, from: string): boolean {
  return compare(to, from) < 0;
}
