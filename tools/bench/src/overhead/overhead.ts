/** A run of one or more trials. */
export interface TimedRun {
  /** From asking for it until its result was there. */
  milliseconds: number;
  /** The load of each trial. */
  seconds: number;
  /** How many were run, one after the other. */
  trials: number;
}

/** What each trial took beside its load, in milliseconds. NaN for a run without a trial. */
export function overheadOf({ milliseconds, seconds, trials }: TimedRun): number {
  return trials === 0 ? Number.NaN : milliseconds / trials - seconds * 1_000;
}
