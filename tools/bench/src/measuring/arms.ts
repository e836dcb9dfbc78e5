import type { ProgressReporter } from '@meshwright/testbed';

/** One measurement. */
export interface Sample {
  value: number;
  /** Parts of it, and what else was seen, by name; in the unit of the value unless the name says another. */
  details?: Record<string, number>;
}

/** One way to do the work that is measured. */
export interface Arm {
  name: string;
  /** What it does, and in what state it begins. */
  description: string;
  /** Does the work once. Preparation and cleaning up are its own and not in the value. */
  measure(repetition: number): Promise<Sample>;
}

/** What one arm gave in one repetition. */
export interface Repetition extends Sample {
  repetition: number;
  arm: string;
  /** In which place of its repetition it ran, from 1. */
  place: number;
  startedAt: string;
}

export interface InterleaveOptions {
  title: string;
  repetitions: number;
  /** Repetitions before the first one that is recorded; default 1. */
  warmUps?: number;
  /** Runs after every repetition, outside of the measurement. */
  afterEach?: () => Promise<void>;
  progress: ProgressReporter;
  signal: AbortSignal;
}

/** Lets the arms do their work in turn, so that what changes on the machine meets all of them, and keeps every sample. */
export async function interleave(arms: readonly Arm[], options: InterleaveOptions): Promise<Repetition[]> {
  const { title, repetitions, warmUps = 1, afterEach, progress, signal } = options;
  const recorded: Repetition[] = [];
  const task = progress.begin(title);
  try {
    for (let turn = 0; turn < warmUps + repetitions; turn += 1) {
      task.update({ done: turn, total: warmUps + repetitions, detail: 'repetitions' });
      for (const [index, arm] of orderOf(arms, turn).entries()) {
        signal.throwIfAborted();
        const startedAt = new Date().toISOString();
        const sample = await arm.measure(turn);
        const repetition = turn - warmUps + 1;
        if (repetition > 0)
          recorded.push({ repetition, arm: arm.name, place: index + 1, startedAt, ...sample });
      }
      await afterEach?.();
    }
    task.succeed(`${repetitions} repetitions`);
    return recorded;
  } catch (error) {
    task.fail('did not finish');
    throw error;
  }
}

/** Every second turn goes the other way round, and every two turns another arm begins. */
export function orderOf<Item>(arms: readonly Item[], turn: number): Item[] {
  const start = Math.floor(turn / 2) % Math.max(1, arms.length);
  const rotated = [...arms.slice(start), ...arms.slice(0, start)];
  return turn % 2 === 0 ? rotated : rotated.reverse();
}
