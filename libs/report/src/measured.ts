import type { Arm, BaselineInput, BaselineStatus, TrialRecord } from '@meshwright/model';
import { countErrors, falseAlarmPerLook } from '@meshwright/statistics';

/** A comparison that was measured, as `meshwright measure --json` prints it. */
export interface MeasuredBaseline {
  input: BaselineInput;
  status: BaselineStatus;
}

/** Both arms, as they are always listed. */
export const arms: readonly Arm[] = ['a', 'b'];

/** What the arms are called. */
export const armNames: Readonly<Record<Arm, string>> = {
  a: 'A, without the change',
  b: 'B, with the change',
};

/** Whether a trial may be judged. */
export function isValid({ invalid }: TrialRecord): boolean {
  return invalid.length === 0;
}

/** A figure of a trial; undefined where there is none that can be shown. */
export function measuredOf({ measured }: TrialRecord, metric: string): number | undefined {
  const value = Object.hasOwn(measured, metric) ? measured[metric] : undefined;
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

/** How often an interval of this comparison holds the true ratio: its looks share the chance of a false alarm. */
export function confidenceOf({ looks }: BaselineInput): number {
  return 1 - 2 * falseAlarmPerLook(looks);
}

/** All trials of an arm, in the order of their blocks. */
export function trialsOf({ status }: MeasuredBaseline, arm: Arm): TrialRecord[] {
  return status.blocks.map((block) => block[arm]);
}

/** Requests of an arm's valid trials, and how many of them failed. */
export function failuresOf(baseline: MeasuredBaseline, arm: Arm): { requests: number; failed: number } {
  const { requests, errors } = countErrors(trialsOf(baseline, arm).filter(isValid));
  return { requests, failed: errors };
}
