export { type ConnectOptions, type Impersonation } from './access.ts';
export {
  applyObjects,
  type ApplyOptions,
  type ApplyProgress,
  type ApplyResult,
  type ObjectOutcome,
} from './apply.ts';
export { ApplySet, applySetId, inventoryNamespace } from './apply-set.ts';
export { cascadesOf, type Cascade } from './cascade.ts';
export { ClusterClient, connectCluster, type ObjectHeader, type PodRequest } from './client.ts';
export { type ObjectState, type ObjectStatus } from './conditions.ts';
export { fieldChanges } from './diff.ts';
export { type Resource } from './discovery.ts';
export { diffObjects, type DiffOptions, type ObjectDiff } from './dry-run.ts';
export { extractApplied, readApplied } from './extract.ts';
export { appliedAnnotation, fieldManager, restartedAnnotation, restartManager } from './field-managers.ts';
export { releaseObjects, takeOwnership } from './handover.ts';
export {
  openInventory,
  undesired,
  type Inventory,
  type InventoryMember,
  type InventoryOptions,
} from './inventory.ts';
export { type KeptSecrets, openKeptSecrets } from './kept.ts';
export { deleteLeftovers } from './leftovers.ts';
export {
  containerKey,
  type ContainerPlace,
  type NodeUsage,
  parseResourceMetrics,
  readNodeUsage,
  type UsageSample,
} from './node-usage.ts';
export { type ListQuery } from './paths.ts';
export { pruneObjects, type PruneOptions, type PruneResult, type Survivor } from './prune.ts';
export {
  notReadyError,
  waitUntilReady,
  type ObjectReadiness,
  type ReadinessOptions,
  type ReadinessProgress,
  type ReadinessReport,
} from './readiness.ts';
export { type HeldCommit, type TargetRecord } from './record.ts';
export {
  restartWorkloads,
  type RestartProgress,
  type RestartResult,
  type RestartWorkloadsOptions,
} from './rolling-restart.ts';
export { openClusterSecrets, type ClusterSecrets, type SecretKey } from './secrets.ts';
export { statusOf } from './status.ts';
export { type Span, type UsageRate, usageRate } from './usage-rate.ts';
export { observe, type Observation } from './watch.ts';
export { isDefinition, isNamespace, Wave, waveOf } from './waves.ts';
