import type { Client, ScheduleDescription, ScheduleHandle } from '@temporalio/client';
import {
  type BaselineInput,
  MeshwrightError,
  messageOf,
  TaskQueue,
  workflowId,
  WorkflowType,
} from '@meshwright/model';
import { summaryOf } from '../measuring/run.ts';
import { differencesOf } from './differences.ts';
import type { When } from './when.ts';

/** A comparison that is measured again and again. */
export interface BaselineSchedule {
  name: string;
  when: When;
  input: BaselineInput;
  paused: boolean;
  /** Why it is paused. */
  note?: string;
  /** When it measures next, as ISO 8601. */
  next: string[];
  /** The workflows that measure now. */
  running: string[];
  /** Its last runs, the newest last; the run id is the id of the baseline. */
  recent: { workflow: string; run: string; at: string }[];
  /** How many it has begun, and how many not because the one before was not over. */
  begun: number;
  skipped: number;
}

/** What a schedule is created with. */
export type ScheduleWish = Pick<BaselineSchedule, 'name' | 'when' | 'input'>;

/** What creating came to. */
export type Created = 'created' | 'unchanged' | 'replaced';

/** A run that was missed while the server was away is made up for so long; later ones wait for their time. */
const catchUp = '1 hour';
const prefix = workflowId.baseline('');
/** Beside each run, so that it can be read again: the server turns cron expressions into calendars. */
const memoName = 'meshwrightSchedule';

/**
 * Has a comparison measured at its times. One that is there already with the same settings is left as it is.
 * @throws MeshwrightError INVALID_INPUT when the server takes the times for none, or one with other settings is there and it
 *   is not to be replaced.
 */
export async function createSchedule(
  { schedule }: Client,
  wish: ScheduleWish,
  { replace }: { replace: boolean },
): Promise<Created> {
  const settings = {
    spec: specOf(wish.when),
    action: actionOf(wish),
    policies: { overlap: 'SKIP', catchupWindow: catchUp },
  } as const;
  try {
    await schedule.create({ scheduleId: idOf(wish.name), ...settings });
    return 'created';
  } catch (error) {
    if (!isNamed(error, 'ScheduleAlreadyRunning')) throw refusalOf(error, wish.name);
  }
  const handle = schedule.getHandle(idOf(wish.name));
  const { when, input } = scheduleOf(await describe(handle, wish.name));
  const differences = differencesOf({ when, input }, { when: wish.when, input: wish.input });
  if (differences.length === 0) return 'unchanged';
  if (!replace) {
    throw new MeshwrightError('INVALID_INPUT', `The schedule ${wish.name} is there with other settings.`, {
      lines: differences,
      remedy: 'Give --replace to change it, or give this one another name.',
    });
  }
  const changed = handle.update(({ state: { paused, note } }) => ({
    ...settings,
    state: { paused, ...(note === undefined ? {} : { note }) },
  }));
  await refusing(wish.name, changed);
  return 'replaced';
}

/** A schedule as it is now. @throws MeshwrightError INVALID_INPUT when there is none of that name. */
export async function readSchedule({ schedule }: Client, name: string): Promise<BaselineSchedule> {
  return scheduleOf(await describe(schedule.getHandle(idOf(name)), name));
}

/** All of them by name. One that was made this second may be missing yet. */
export async function listSchedules({ schedule }: Client): Promise<BaselineSchedule[]> {
  const found: BaselineSchedule[] = [];
  for await (const { scheduleId } of schedule.list()) {
    if (!scheduleId.startsWith(prefix)) continue;
    const described = await schedule
      .getHandle(scheduleId)
      .describe()
      .catch((error: unknown) => {
        // Deleted since it was listed.
        if (isNamed(error, 'ScheduleNotFoundError')) return undefined;
        throw error;
      });
    if (described !== undefined) found.push(scheduleOf(described));
  }
  return found.sort((one, other) => one.name.localeCompare(other.name, 'en'));
}

/** Ends a schedule; what it has begun goes on. @throws MeshwrightError INVALID_INPUT when there is none of that name. */
export async function deleteSchedule({ schedule }: Client, name: string): Promise<void> {
  await refusing(name, schedule.getHandle(idOf(name)).delete());
}

/** Nothing is begun until it is resumed. @throws MeshwrightError INVALID_INPUT when there is none of that name. */
export async function pauseSchedule({ schedule }: Client, name: string, reason: string): Promise<void> {
  await refusing(name, schedule.getHandle(idOf(name)).pause(reason));
}

/** Goes on at its next time. @throws MeshwrightError INVALID_INPUT when there is none of that name. */
export async function resumeSchedule({ schedule }: Client, name: string): Promise<void> {
  await refusing(name, schedule.getHandle(idOf(name)).unpause('resumed'));
}

function idOf(name: string): string {
  return workflowId.baseline(name);
}

function specOf(when: When) {
  return 'cron' in when
    ? { cronExpressions: [when.cron], timezone: when.timezone }
    : { intervals: [{ every: when.everySeconds * 1_000 }] };
}

/** Temporal appends the time to the workflow's id, so each run has its own. */
function actionOf({ name, when, input }: ScheduleWish) {
  return {
    type: 'startWorkflow' as const,
    workflowType: WorkflowType.performanceBaseline,
    workflowId: idOf(name),
    taskQueue: TaskQueue.orchestrator,
    args: [input],
    memo: { [memoName]: when },
    staticSummary: summaryOf(input),
  };
}

async function describe(handle: ScheduleHandle, name: string): Promise<ScheduleDescription> {
  return refusing(name, handle.describe());
}

function scheduleOf({ scheduleId, action, state, info }: ScheduleDescription): BaselineSchedule {
  const [input] = (action.args ?? []) as BaselineInput[];
  const when = action.memo?.[memoName] as When | undefined;
  if (input === undefined || when === undefined) {
    throw new MeshwrightError('INVALID_INPUT', `The schedule ${scheduleId} was not made by Meshwright.`, {
      remedy: 'Look at it in the Temporal UI.',
    });
  }
  return {
    name: scheduleId.slice(prefix.length),
    when,
    input,
    paused: state.paused,
    ...(state.paused && state.note !== undefined ? { note: state.note } : {}),
    next: info.nextActionTimes.slice(0, 3).map((time) => time.toISOString()),
    running: info.runningActions.map(({ workflow }) => workflow.workflowId),
    recent: info.recentActions.map(({ action: { workflow }, takenAt }) => ({
      workflow: workflow.workflowId,
      run: workflow.firstExecutionRunId,
      at: takenAt.toISOString(),
    })),
    begun: info.numActionsTaken,
    skipped: info.numActionsSkippedOverlap,
  };
}

/** What the server says of a schedule, or the refusal in our words. */
async function refusing<Answer>(name: string, asked: Promise<Answer>): Promise<Answer> {
  try {
    return await asked;
  } catch (error) {
    throw refusalOf(error, name);
  }
}

function refusalOf(error: unknown, name: string): unknown {
  if (isNamed(error, 'ScheduleNotFoundError')) {
    return new MeshwrightError('INVALID_INPUT', `There is no schedule ${name}.`, {
      remedy: 'Run `meshwright schedule list` for those there are.',
    });
  }
  // What the client makes of a time that the server refuses.
  if (!isNamed(error, 'TypeError')) return error;
  return new MeshwrightError('INVALID_INPUT', `The schedule ${name} was refused: ${messageOf(error)}.`, {
    remedy: 'A cron expression has five fields: minute, hour, day of month, month, day of week.',
  });
}

/** The classes of the client are not loaded before they are needed. */
function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}
