export {
  createLoadRegistry,
  createRegistry,
  createServiceRegistry,
  definePlugin,
  type Loader,
  type LoadRegistry,
  type PluginRegistry,
  type ServiceRegistry,
} from './define.ts';
export {
  fillQuery,
  replacePlaceholders,
  type GoldenQueries,
  type GoldenSignals,
  type PlaceholderTexts,
  type SignalParameters,
  type SignalQuery,
  type SignalSubjects,
  type SignalUnit,
} from './golden-signals.ts';
export {
  missingProgram,
  refuseUnable,
  requireAvailable,
  requireReached,
  shortfall,
  starvation,
} from './load-checks.ts';
export { runGenerator } from './load-program.ts';
export {
  type ForeignRules,
  isForeign,
  refuseOtherKeepers,
  refuseSharedKinds,
  unknownVersion,
} from './foreign.ts';
export { minorsBetween, type MinorVersion, untriedWarnings } from './minor-steps.ts';
export { type MeshTarget, rollBackWarnings, unsupported } from './target.ts';
export { type OwnUninstallation, planOfUninstall } from './uninstall.ts';
export { renderStages, type StageRenderer, stagesById } from './stages.ts';
export { type Release, renderChart } from './charts.ts';
export { type KnownNames, unknownChart, unknownComponents } from './unknown-names.ts';
export { latencyQueries, requestQueries, resourceQueries, sidecarSelector } from './signal-queries.ts';
export { askPod, type Check, failed, healthy, inBatches, waitingFor } from './live/check.ts';
export { allOf, verifyStages } from './live/verify.ts';
export { checkKinds, deploymentProblems, endpointProblems } from './live/health.ts';
export { leftoversAmong, listMade, type MadeByMesh } from './live/leftovers.ts';
export {
  isOutdated,
  sidecarOf,
  type SidecarRules,
  type SidecarSurvey,
  surveySidecars,
} from './live/sidecars.ts';
export {
  appliedAt,
  isAnnotatedByUs,
  isLabelledByUs,
  type KnownManagers,
  managerOf,
  ourManager,
  unknownManager,
} from './live/managers.ts';
export {
  enrolledIn,
  type MovedNamespaces,
  refusePods,
  refuseUninjectable,
  unmovedPods,
} from './live/outsiders.ts';
export { hasRestartableOwner, isLive, livePods, podName, podsByNamespace } from './live/pods.ts';
export {
  availabilityOf,
  coverageOf,
  DaemonSet,
  Deployment,
  Metadata,
  Pod,
  PodSpec,
  PodTemplate,
  tagOfImage,
  Webhooks,
  Workload,
} from './live/shapes.ts';
export {
  type NamespaceWorkloads,
  readWorkloads,
  type RunningWorkload,
  selectWorkloads,
} from './live/workloads.ts';
export { type OwnedValue, ownedValueProblems } from './owned-values.ts';
export { type ChartValues, mergedValues, valueAt } from './values.ts';
export { histogramOfSpectrum, readResultOf, type SpectrumPoint } from './load-results.ts';
export type {
  LoadCapabilities,
  LoadContext,
  LoadPlugin,
  ProgramOptions,
  ProgramPort,
  ProgramResult,
  ResidentPort,
} from './load.ts';
export type {
  Enrollment,
  Installation,
  MeshCapabilities,
  MeshChange,
  MeshPlan,
  MeshPlugin,
  MeshProblem,
  MeshStage,
  Verification,
  VerifyChange,
} from './mesh.ts';
export type { ContainerMatch, MeshContainers } from './mesh-containers.ts';
export type { ChartRequest } from '@meshwright/model';
export { secretFrom } from './kept-secret.ts';
export type {
  ChartsPort,
  ClusterPort,
  ListQuery,
  PlanningContext,
  PluginContext,
  PodRequest,
  SecretsPort,
} from './ports.ts';
export {
  type ChatConnection,
  type ChatDelivery,
  type ChatEvent,
  type ChatPlugin,
  type ChatSettings,
  lacking,
  type MessageReference,
  type ReplyReference,
} from './chat.ts';
export type {
  CommitStatus,
  ForgeConnection,
  ForgeCredential,
  ForgeDelivery,
  ForgeEvent,
  ForgePlugin,
  ForgeSettings,
  PullRequest,
} from './forge.ts';
export type {
  HttpPort,
  HttpRequest,
  HttpResponse,
  IncomingRequest,
  ReadSecret,
  ServiceContext,
} from './http.ts';
export { redacted, shown } from './shown.ts';
export { deliveryOf, otherEvent } from './webhooks/delivery.ts';
export { nonsense, readPayload } from './webhooks/payload.ts';
export {
  hasHexSignature,
  hasSecretHeader,
  hasStandardSignature,
  headerOf,
  type HexSignature,
} from './webhooks/signatures.ts';
export { type Choice, choiceOf, choicesOf, type ChoiceUse, useOf } from './choices.ts';
export {
  fitting,
  momentOf,
  type Outline,
  type OutlineDetail,
  outlineDetails,
  outlineOf,
  type Passage,
  type Span,
  type Tone,
  toneMark,
  webAddress,
} from './outline.ts';
export { hmacSha256, isSame, mostSignedBytes } from './signature.ts';
export { encodedForm } from './form.ts';
export { idOf, jsonOf } from './json.ts';
export { keepMessage, type MessageStore } from './keep-message.ts';
export { dialogueTitles, reasonIn, reasonLength, reasonWords } from './reason.ts';
export { htmlCode, markdownText } from './markdown-text.ts';
export { commentMarker, type MarkdownOptions, noticeMarkdown, passageMarkdown } from './notice-markdown.ts';
export { commitId, nameParts } from './rest/names.ts';
export { onlyToken } from './rest/credential.ts';
export { openRest, type RestApi, type RestOptions, type RestRequest } from './rest/rest.ts';
export {
  askedOnce,
  type CommentStore,
  distinctAccounts,
  type FoundComment,
  keepComment,
} from './rest/sticky.ts';
