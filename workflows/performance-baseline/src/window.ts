import {
  type BaselineInput,
  type GateWindow,
  type LoadPath,
  TaskQueue,
  type TrialRecord,
} from '@meshwright/model';
import { loadActivities } from '@meshwright/workflow-kit';

/** A window with a trial that was not valid is repeated so often. */
const mostRepetitions = 2;
/** What a trial may take beside its load: to connect, to wait for the last answers, to give its result. */
const usualMarginSeconds = 60;

/** Who sends, and what. */
export type Sending = Pick<BaselineInput, 'agent' | 'generator' | 'load' | 'control'>;

/** One window of a comparison. */
export interface WindowWish {
  path: LoadPath;
  seed: number;
  /** Said beside its trials in the Temporal UI. */
  what: string;
  /** How often a trial may fail until the window does; without an end unless told. */
  attempts?: number;
  /** What a trial may take beside its load; a minute unless told. */
  marginSeconds?: number;
}

/**
 * A trial, with one of the control at the same time where there is a control: what disturbs the machine disturbs both.
 * Both are repeated together while either of them is not valid.
 */
export async function measureWindow(sending: Sending, wish: WindowWish): Promise<GateWindow> {
  let window = await runBoth(sending, wish);
  for (let again = 0; again < mostRepetitions && !isValid(window); again += 1) {
    window = await runBoth(sending, wish);
  }
  return window;
}

/** Whether a window may be judged. */
export function isValid({ subject, control }: GateWindow): boolean {
  return subject.invalid.length === 0 && (control?.invalid.length ?? 0) === 0;
}

async function runBoth(sending: Sending, wish: WindowWish): Promise<GateWindow> {
  const { control } = sending;
  if (control === undefined) return { subject: await runTrial(sending, wish) };
  const [subject, beside] = await Promise.all([
    runTrial(sending, wish),
    // What it costs is nobody's question, and asking the kubelet would be part of what it measures.
    runTrial(sending, { ...wish, path: { ...control, cost: 'none' }, what: `${wish.what}, control` }),
  ]);
  return { subject, control: beside };
}

/** One trial, as it comes out; whoever sends is asked for it. */
export function runTrial(
  { agent, generator, load }: Omit<Sending, 'control'>,
  wish: WindowWish,
): Promise<TrialRecord> {
  const { path, marginSeconds = usualMarginSeconds } = wish;
  const { probe, endpoint, cost } = path;
  const activities = loadActivities({
    taskQueue: probe === undefined ? TaskQueue.load(agent) : TaskQueue.cluster(probe.cluster),
    what: `${wish.what}: ${load.rate} requests a second for ${load.seconds} s`,
    attemptSeconds: load.warmUpSeconds + load.seconds + 2 * load.timeoutSeconds + marginSeconds,
    ...(wish.attempts === undefined ? {} : { attempts: wish.attempts }),
  });
  const request = { ...load, endpoint, seed: wish.seed };
  return activities.runTrial({
    generator,
    request,
    ...(probe === undefined ? {} : { probe }),
    ...(cost === undefined ? {} : { cost }),
  });
}
