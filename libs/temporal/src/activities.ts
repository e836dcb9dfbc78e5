import { activityInfo, Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import {
  errorCodes,
  isMeshwrightError,
  MeshwrightError,
  messageOf,
  type ErrorDetails,
} from '@meshwright/model';
import type { Logger } from '@meshwright/telemetry';

const longestMessage = 2_000;
const longestLine = 500;
const mostLines = 50;
const mostWaits = 10;
/** Beyond this many attempts an error nobody foresaw is taken for a defect and ends the activity. */
const mostAttemptsOfUnknown = 20;
const beatMilliseconds = 5_000;

/**
 * The same activities, failing the way workflows understand: a MeshwrightError becomes an ApplicationFailure whose
 * type is its code, retried only where the code says so, with remedy, place and lines as details. Anything else
 * becomes INTERNAL, is retried for a while, and is logged with its stack. Cancellation passes untouched. Each beats
 * while it runs.
 */
export function asActivities<T extends object>(activities: T, logger: Logger): T {
  const wrapped = Object.entries(activities).map(([name, activity]) => [name, wrap(name, activity, logger)]);
  return Object.fromEntries(wrapped) as T;
}

function wrap(name: string, activity: unknown, logger: Logger): unknown {
  if (!isActivity(activity)) throw new TypeError(`Activity ${name} is not a function.`);
  return async (...input: unknown[]): Promise<unknown> => {
    try {
      return await heartbeating(() => activity(...input));
    } catch (error) {
      const { attempt } = activityInfo();
      if (!isExpected(error)) {
        const stack = error instanceof Error ? error.stack : undefined;
        logger.error({ activity: name, attempt, stack }, 'activity failed unexpectedly');
      }
      throw activityFailure(error, attempt);
    }
  };
}

function isExpected(error: unknown): boolean {
  return error instanceof ApplicationFailure || error instanceof CancelledFailure || isMeshwrightError(error);
}

/** What an activity that threw this, at this attempt, fails with. */
export function activityFailure(error: unknown, attempt: number): ApplicationFailure | CancelledFailure {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  const { code, message, details } = isMeshwrightError(error) ? error : unknownError(error);
  const isDefect = code === 'INTERNAL' && attempt >= mostAttemptsOfUnknown;
  return ApplicationFailure.create({
    type: code,
    message: shorten(message, longestMessage),
    nonRetryable: isDefect || !errorCodes[code].retryable,
    details: [boundDetails(details)],
  });
}

function unknownError(error: unknown): MeshwrightError {
  return new MeshwrightError('INTERNAL', messageOf(error), {
    remedy: 'This is a defect of Meshwright: the log of the worker has its stack.',
  });
}

function isActivity(value: unknown): value is (...input: unknown[]) => unknown {
  return typeof value === 'function';
}

function boundDetails({ remedy, where, lines }: ErrorDetails): ErrorDetails {
  return {
    ...(remedy === undefined ? {} : { remedy: shorten(remedy, longestMessage) }),
    ...(where === undefined ? {} : { where: shorten(where, longestLine) }),
    ...(lines === undefined ? {} : { lines: boundLines(lines) }),
  };
}

function boundLines(lines: string[]): string[] {
  const kept = lines.slice(0, mostLines).map((line) => shorten(line, longestLine));
  return lines.length > mostLines ? [...kept, `… and ${lines.length - mostLines} more`] : kept;
}

function shorten(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}

/**
 * Hands the signal of the activity's cancellation to its work, and beats every few seconds, so that a lost worker is
 * noticed and the cancellation arrives. Work that stops because of that signal ends the activity as cancelled,
 * whatever it throws. Only inside an activity.
 */
export async function heartbeating<T>(work: (signal: AbortSignal) => T | Promise<T>): Promise<T> {
  const context = Context.current();
  const { cancellationSignal } = context;
  const beat = (): void => context.heartbeat(waits.get(context));
  const timer = setInterval(beat, beatMilliseconds);
  beat();
  try {
    return await work(cancellationSignal);
  } catch (error) {
    if (cancellationSignal.aborted) throw cancellationSignal.reason;
    throw error;
  } finally {
    clearInterval(timer);
  }
}

/** What each running activity waits for. */
const waits = new WeakMap<Context, string[]>();

/**
 * Says what the running activity waits for, one line each, in words people are shown: its heartbeats carry it, so that
 * it can be seen in the Temporal UI and by `meshwright why`. Only inside an activity.
 */
export function tellWaiting(lines: readonly string[]): void {
  const context = Context.current();
  const bounded = lines.slice(0, mostWaits).map((line) => shorten(line, longestLine));
  waits.set(context, bounded);
  context.heartbeat(bounded);
}

/** When the running activity was scheduled, as an ISO time: the same for every attempt at it. Only inside an activity. */
export function scheduledAt(): string {
  return new Date(activityInfo().scheduledTimestampMs).toISOString();
}
