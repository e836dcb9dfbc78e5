export { createLogger, type Logger, type LogLevel } from './logger.ts';
export type { ActivityOutcome, LookResult, Metrics } from './metrics/recorder.ts';
