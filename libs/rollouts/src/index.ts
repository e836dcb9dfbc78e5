export { countApprovals, decisionOn, describeTaken, gateFacts, whoMayApprove } from './approval.ts';
export { awaitRun, type RunSeen, type RunWait } from './await-run.ts';
export { explain, type Finding, type HeldLock, type Observation, type ObservedExecution } from './explain.ts';
export { followRollout, nextRollout } from './follow.ts';
export { readHistory } from './history.ts';
export { readRolloutInput, type ValidInput } from './input.ts';
export { newestCommitted } from './newest.ts';
export { observeRollout } from './observe.ts';
export { type PendingActivity, pendingActivities } from './pending.ts';
export { pollersOf, type QueuePollers, remedyForQueue, type TaskKind } from './queues.ts';
export { readRollout } from './read.ts';
export { findRollout, listRollouts, recordOfRun, type RolloutFilter } from './records.ts';
export { approveCommand, parseRolloutReference, type RolloutReference } from './reference.ts';
export {
  type ExecutionState,
  phaseOf,
  phaseOfReport,
  type RolloutRecord,
  type RolloutReport,
} from './report.ts';
export { type StartedRollout, startRollout } from './start.ts';
export { requireSameSubject, subjectOf } from './subject.ts';
export { command, decide, errorOf } from './update.ts';
export { type GatedStatus, isOpen, listWaiting, openGates, readGated, type WaitingGate } from './waiting.ts';
