import { type Arm, Contrast } from '@meshwright/model';
import type { BaselineSummary, MetricSummary } from '@meshwright/results';

/** Two baselines that were not measured together. */
export interface SideBySide {
  first: BaselineSummary;
  second: BaselineSummary;
  /** Before and after alone is advice, whatever either of them was. */
  contrast: typeof Contrast.advisory;
  /** What was not the same, so that figures say even less: `rate: 150, 300`. */
  differences: string[];
  /** Those that both have. */
  metrics: ComparedMetric[];
}

/** A metric of both; more of it is worse. */
export interface ComparedMetric {
  name: string;
  unit?: string;
  arms: Record<Arm, ComparedFigures>;
}

/** Medians of valid trials. The ratio is how many times the first the second is. */
export interface ComparedFigures {
  first?: number;
  second?: number;
  ratio?: number;
}

/** Two baselines side by side. */
export function sideBySide(first: BaselineSummary, second: BaselineSummary): SideBySide {
  const metrics = first.metrics.flatMap((one) => {
    const other = second.metrics.find(({ name, unit }) => name === one.name && unit === one.unit);
    return other === undefined ? [] : [comparedMetric(one, other)];
  });
  return { first, second, contrast: Contrast.advisory, differences: differencesOf(first, second), metrics };
}

function comparedMetric(first: MetricSummary, second: MetricSummary): ComparedMetric {
  const { name, unit } = first;
  return {
    name,
    ...(unit === undefined ? {} : { unit }),
    arms: {
      a: figuresOf(first.figures.a, second.figures.a),
      b: figuresOf(first.figures.b, second.figures.b),
    },
  };
}

function figuresOf(first: number | undefined, second: number | undefined): ComparedFigures {
  return {
    ...(first === undefined ? {} : { first }),
    ...(second === undefined ? {} : { second }),
    ...(first === undefined || second === undefined || first <= 0 ? {} : { ratio: second / first }),
  };
}

function differencesOf(first: BaselineSummary, second: BaselineSummary): string[] {
  const load = ['agent', 'generator', 'rate', 'connections', 'seconds'] as const;
  const [one, other] = [first.conditions, second.conditions];
  const fields: [string, string | number | undefined, string | number | undefined][] = [
    ['cluster', first.context.cluster, second.context.cluster],
    ...load.map((name): (typeof fields)[number] => [name, one.a[name], other.a[name]]),
    ['endpoint A', one.a.endpoint, other.a.endpoint],
    ['endpoint B', one.b.endpoint, other.b.endpoint],
  ];
  const differing = fields.filter(([, left, right]) => left !== right);
  if (differing.length > 0)
    return differing.map(([name, left, right]) => `${name}: ${left ?? '-'}, ${right ?? '-'}`);
  // Headers, bodies, the spread of requests: the digest knows more than the columns.
  const alike = one.a.digest === other.a.digest && one.b.digest === other.b.digest;
  return alike ? [] : ['what is sent, or how'];
}
