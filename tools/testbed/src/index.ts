export { gatewayApiDefinitions, istioCharts, istioctlManifests } from './parts/istio-module.ts';
export { ciliumCharts } from './parts/cilium-charts.ts';
export {
  catalogue,
  CILIUM_PREVIOUS_VERSION,
  CILIUM_VERSION,
  ISTIO_UPGRADE_VERSION,
  ISTIO_VERSION,
  KUBERNETES_VERSION,
  partNamed,
} from './parts/catalogue.ts';
export {
  ensurePart,
  findPart,
  getPart,
  partContext,
  type EnsureOptions,
  type PartFound,
  type PartSource,
} from './parts/ensure.ts';
export type { PartContext } from './parts/context.ts';
export type { Part } from './parts/part.ts';
export { cacheDirectory, stateRoot } from './paths.ts';
export {
  openProcessGroup,
  type ProcessGroup,
  type ProcessRecord,
  type ProcessSpec,
  type ProcessStatus,
} from './processes/process-group.ts';
export {
  silentProgress,
  type ProgressReporter,
  type ProgressState,
  type ProgressTask,
} from './progress/progress.ts';
export { streamProgress, type ProgressStream } from './progress/stream-progress.ts';
export type { KubernetesEndpoint, TestbedProfile, TestbedState } from './state.ts';
export {
  clearAbandonedTestbeds,
  listTestbeds,
  testbedLog,
  testbedStatus,
  type TestbedStatus,
} from './status.ts';
export type { TemporalEndpoint, TemporalServerOptions } from './temporal/dev-server.ts';
export { startTemporal, type StartTemporalOptions, type TemporalServer } from './temporal/start-temporal.ts';
export {
  startTestbed,
  stopTestbed,
  type StopOptions,
  type StopResult,
  type Testbed,
  type TestbedOptions,
} from './testbed.ts';
export { allocatePorts } from './ports.ts';
export { startPostgres, type PostgresServer, type StartPostgresOptions } from './postgres/start-postgres.ts';
export { startGitea, type GiteaServer, type StartGiteaOptions } from './gitea/start-gitea.ts';
export type { GiteaUser } from './gitea/administration.ts';
export { waitFor, type Condition } from './wait.ts';
export {
  addIstioVersion,
  canRunNode,
  istioctlSettings,
  istioValues,
  type NodeCapability,
} from './node/index.ts';
export { ISTIO_HUB } from './images/index.ts';
