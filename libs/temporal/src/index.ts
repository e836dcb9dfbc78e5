export { asActivities, heartbeating, scheduledAt, tellWaiting } from './activities.ts';
export {
  connectPatiently,
  connectTemporal,
  type TemporalConnection,
  type TemporalOptions,
  type TemporalTls,
} from './connection.ts';
export type { EncryptionKey, PayloadEncryption } from './encryption.ts';
export { replayHistory, replayRuns } from './replays.ts';
export { serveSdkMetrics } from './runtime.ts';
export { ensureSearchAttributes } from './search-attributes.ts';
export { sendUpdate } from './updates.ts';
export { startWorker, type RunningWorker, type WorkerOptions, type WorkerState } from './worker.ts';
