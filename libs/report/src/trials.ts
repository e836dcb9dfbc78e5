import type { Arm, TrialRecord } from '@meshwright/model';
import { columnFigure, count, percent } from './figures.ts';
import { failedOf } from '@meshwright/statistics';
import { isValid, type MeasuredBaseline, measuredOf } from './measured.ts';
import { clipped, listed } from './plain.ts';

/** A trial as a row of text; all of it may be foreign. */
export interface TrialRow {
  block: number;
  arm: Arm;
  isValid: boolean;
  rate: string;
  requests: string;
  errors: string;
  /** In the order of the metrics. */
  figures: string[];
  /** Why it was not judged; empty for a valid one. */
  reason: string;
}

/** The trials in the order in which they ran. */
export function trialRows({ input, status }: MeasuredBaseline): TrialRow[] {
  const names = status.metrics.map(({ name }) => name);
  return status.blocks.flatMap((block, place) =>
    block.order.map((arm) => {
      const trial = block[arm];
      return {
        block: place + 1,
        arm,
        isValid: isValid(trial),
        rate: `${columnFigure(trial.achievedRate)} (${percent(trial.achievedRate / input.load.rate)})`,
        requests: count(trial.requests),
        errors: errorsText(trial),
        figures: names.map((name) => columnFigure(measuredOf(trial, name))),
        reason: reasonText(trial),
      };
    }),
  );
}

/** Why a trial was not judged, in at most three sentences. */
export function reasonText({ invalid }: TrialRecord): string {
  return listed(
    invalid.map((reason) => clipped(reason, 160)),
    3,
  );
}

function errorsText(trial: TrialRecord): string {
  const failed = failedOf(trial);
  if (failed === 0) return '0';
  const kinds = Object.entries(trial.errors)
    .filter(([, times]) => times > 0)
    .sort(([, left], [, right]) => right - left)
    .map(([kind, times]) => `${clipped(kind, 40)}: ${count(times)}`);
  return `${count(failed)} (${listed(kinds, 3)})`;
}

/** What a metric is called where its unit has to be known. */
export function metricTitle({ name, unit }: { name: string; unit?: string }): string {
  return unit === undefined ? clipped(name, 24) : `${clipped(name, 24)} (${clipped(unit, 20)})`;
}
