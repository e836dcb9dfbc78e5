export { createLogger, type Logger, type LogLevel } from './logger.ts';
export type { ActivityOutcome, EndedStage, LookResult, Metrics } from './metrics/recorder.ts';
