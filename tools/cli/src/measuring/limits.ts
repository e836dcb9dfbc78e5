import { InvalidArgumentError } from '@commander-js/extra-typings';
import { type Metric, MetricName } from '@meshwright/model';

/** The share of errors has a limit of its own, which no option changes. */
const names: readonly string[] = Object.values(MetricName).filter((name) => name !== MetricName.errorRate);
const limit = /^(?<name>[\w.]+)=(?<percent>\d+(?:\.\d+)?)%$/;

/** What is judged where nothing is named: the body and the tail of the latencies, with their usual limits. */
export const usualMetrics: readonly Metric[] = [
  { name: 'p50', unit: 'ms' },
  { name: 'p99', unit: 'ms' },
];

/** `p99=10%`, one more each time. */
export function parseLimit(text: string, earlier: readonly Metric[] | undefined = []): Metric[] {
  const { name = '', percent = '' } = limit.exec(text)?.groups ?? {};
  if (!names.includes(name)) {
    throw new InvalidArgumentError(
      `It is a metric and a share, like p99=10%; there are ${names.join(', ')}.`,
    );
  }
  if (earlier.some((metric) => metric.name === name)) {
    throw new InvalidArgumentError(`${name} is named twice.`);
  }
  return [...earlier, { name, unit: 'ms', limit: { relative: Number(percent) / 100 } }];
}
