import type { TrialRecord } from '@meshwright/model';
import { isValid, type MeasuredBaseline, measuredOf } from './measured.ts';

/** The comparison as one line that `meshwright judge` reads. */
export function comparisonLine({ status }: MeasuredBaseline): string {
  const { name, contrast, metrics, blocks } = status;
  const names = metrics.map((metric) => metric.name);
  return JSON.stringify({
    id: name,
    contrast,
    metrics,
    blocks: blocks.map(({ a, b }) => ({ a: recorded(a, names), b: recorded(b, names) })),
  });
}

function recorded(trial: TrialRecord, names: readonly string[]): object {
  const figures = names.map((name) => [name, measuredOf(trial, name)] as const);
  return { valid: isValid(trial), ...Object.fromEntries(figures) };
}
