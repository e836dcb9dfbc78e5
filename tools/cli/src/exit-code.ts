import { type ErrorCode, isFinal, Phase } from '@meshwright/model';

/** What the command's exit status says; scripts rely on it. */
export const ExitCode = { done: 0, failed: 1, invalid: 2, waiting: 3, interrupted: 130 } as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** The exit codes as `--help` explains them. */
export const exitCodeMeanings: readonly (readonly [ExitCode, string])[] = [
  [ExitCode.done, 'done: it worked, or what was asked about has succeeded'],
  [ExitCode.failed, 'failed: it did not work, or what was asked about has failed'],
  [ExitCode.invalid, 'invalid input: a pattern, the configuration or an argument is wrong'],
  [
    ExitCode.waiting,
    'waiting: not over yet, something must happen first, or (`diff`) something would change',
  ],
  [ExitCode.interrupted, 'interrupted: stopped with Ctrl-C'],
];

const invalidCodes: ReadonlySet<ErrorCode> = new Set([
  'INVALID_PATTERN',
  'INVALID_CONFIGURATION',
  'INVALID_INPUT',
  'UNKNOWN_PLUGIN',
  'UNKNOWN_TARGET',
  'UNKNOWN_REPOSITORY',
]);

/** The exit code for an error: 2 for what a person must correct in what they wrote, else 1. */
export function exitCodeOfError(code: ErrorCode): ExitCode {
  return invalidCodes.has(code) ? ExitCode.invalid : ExitCode.failed;
}

/** The exit code for a rollout in this phase. */
export function exitCodeOfPhase(phase: Phase): ExitCode {
  if (phase === Phase.succeeded) return ExitCode.done;
  return isFinal(phase) ? ExitCode.failed : ExitCode.waiting;
}

/** The exit code for several answers at once: failed before waiting before done. */
export function worstExitCode(codes: readonly ExitCode[]): ExitCode {
  for (const code of [ExitCode.failed, ExitCode.invalid, ExitCode.waiting]) {
    if (codes.includes(code)) return code;
  }
  return ExitCode.done;
}
