import type { ErrorDetails } from './errors.ts';
import type { Failure } from './rollout.ts';

/** The wrappers Temporal puts around a failure on its way from an activity to a workflow to a client. */
const wrappers = [
  'ActivityFailure',
  'ChildWorkflowFailure',
  'WorkflowFailedError',
  'WorkflowUpdateFailedError',
];

interface FailureLike {
  name: string;
  message: string;
  cause?: unknown;
  type?: unknown;
  details?: unknown;
}

/**
 * What a Temporal failure says underneath its wrappers, in the words people are shown. The first detail of an
 * ApplicationFailure is read as ErrorDetails. Knows failures by their names alone, so that this package needs
 * nothing of Temporal and workflows can use it.
 */
export function failureOf(error: unknown): Failure {
  const inner = unwrap(error);
  if (!isFailureLike(inner)) return { code: 'INTERNAL', message: String(inner) };
  switch (inner.name) {
    case 'ApplicationFailure':
      return applicationFailure(inner);
    case 'CancelledFailure':
      return { code: 'CANCELLED', message: inner.message };
    case 'TerminatedFailure':
      return { code: 'TERMINATED', message: inner.message };
    case 'TimeoutFailure':
      return { code: 'TIMEOUT', message: inner.message };
    default:
      return { code: 'INTERNAL', message: inner.message };
  }
}

function unwrap(error: unknown): unknown {
  let inner = error;
  while (isFailureLike(inner) && wrappers.includes(inner.name) && inner.cause !== undefined)
    inner = inner.cause;
  return inner;
}

function isFailureLike(error: unknown): error is FailureLike {
  return (
    error instanceof Error ||
    (typeof error === 'object' && error !== null && 'name' in error && 'message' in error)
  );
}

function applicationFailure({ type, message, details }: FailureLike): Failure {
  const { remedy, where, lines, stage } = readDetails(details);
  return {
    code: typeof type === 'string' && type !== '' ? type : 'INTERNAL',
    message,
    ...(typeof remedy === 'string' ? { remedy } : {}),
    ...(typeof where === 'string' ? { where } : {}),
    ...(typeof stage === 'string' ? { stage } : {}),
    ...(isStrings(lines) ? { lines } : {}),
  };
}

function readDetails(details: unknown): Partial<Record<keyof ErrorDetails | 'stage', unknown>> {
  const first: unknown = Array.isArray(details) ? details[0] : undefined;
  return typeof first === 'object' && first !== null ? first : {};
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
