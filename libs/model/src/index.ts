export {
  type CommitReading,
  type KnownPattern,
  type ObserveRepositoryInput,
  type PlanChangeInput,
  type ReadCommitInput,
  type RepositoryActivities,
  type RepositoryObservation,
  type RepositoryStatus,
  type StageInput,
  type StageResult,
  type TargetActivities,
} from './activities.ts';
export { type ChartRequest } from './charts.ts';
export { type Diagnostic, formatDiagnostic } from './diagnostic.ts';
export {
  type ErrorCode,
  errorCodes,
  type ErrorDetails,
  formatError,
  isMeshwrightError,
  MeshwrightError,
  messageOf,
} from './errors.ts';
export { failureOf } from './failure.ts';
export { Message, SearchAttribute, shortCommit, TaskQueue, workflowId, WorkflowType } from './ids.ts';
export {
  formatReference,
  groupOf,
  type KubernetesObject,
  type ObjectMetadata,
  type ObjectReference,
  referenceKey,
  referenceOf,
} from './kubernetes.ts';
export {
  type ApprovalSpec,
  MeshMode,
  type MeshSpec,
  MutualTls,
  type Pattern,
  patternApiVersion,
  type PatternSnapshot,
  type PatternSpec,
  type PatternTarget,
  UpgradeStrategy,
  type WorkloadSpec,
} from './pattern.ts';
export {
  Change,
  type ChangeCounts,
  countChanges,
  type Digest,
  type FieldChange,
  formatCounts,
  noChanges,
  type ObjectChange,
  type Plan,
  PlanAction,
  type PlannedStage,
  type PlanSummary,
  StageKind,
  type StageSummary,
  summarizePlan,
} from './plan.ts';
export {
  type ApprovalDecision,
  type ApprovalStatus,
  type ChangeStatus,
  type CommitInfo,
  type DecisionRequest,
  type Failure,
  isFinal,
  type OwnedObjects,
  Phase,
  type RolloutInput,
  type RolloutStatus,
  type StageProgress,
  StageState,
  type ValidPattern,
} from './rollout.ts';
export { type SourceEntry, type SourceTree } from './source-tree.ts';
