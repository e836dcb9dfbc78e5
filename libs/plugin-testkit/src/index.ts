export { type LoadCase, loadCases, type LoadSubject } from './load/cases.ts';
export { type CaseResult, runLoadSuite } from './load/report.ts';
export { type FakeCluster, fakeContext } from './mesh/fake-cluster.ts';
export { promqlErrors, promqlParts } from './mesh/promql.ts';
export { realCharts } from './mesh/real-charts.ts';
export {
  sampleChange,
  type SampleContent,
  sampleInstallation,
  sampleMesh,
  sampleSnapshot,
} from './mesh/sample-pattern.ts';
export {
  hostileCharacters,
  hostileMarkup,
  hostileNotices,
  lookAlikeSecrets,
  noticeOf,
} from './notices/hostile.ts';
export { sampleMoment, sampleNotices } from './notices/samples.ts';
export { plainHttp } from './service/http.ts';
export { type SeenMarkdown, seenMarkdown } from './chat/markdown.ts';
export { type FormPart, formParts } from './chat/multipart.ts';
export {
  type LocalService,
  type ReceivedRequest,
  type ServedAnswer,
  type ServiceMood,
  startLocalService,
} from './service/server.ts';
export type {
  ChatCase,
  ChatSubject,
  ChatTrial,
  FakeChat,
  Interactions,
  OpenDialogue,
  ShownMessage,
} from './chat/subject.ts';
export { chatCases, runChatCase } from './chat/suite.ts';
export { casesFor, type SuiteCase } from './service/suite.ts';
export { commentFaults } from './forge/rendered.ts';
export type {
  FakeForge,
  ForgeCase,
  ForgeContent,
  ForgeNews,
  ForgeSubject,
  ForgeTrial,
  ForgeWebhooks,
} from './forge/subject.ts';
export { forgeCases, runForgeCase } from './forge/suite.ts';
export {
  commitOf,
  createWorld,
  type ForgeChange,
  type ForgeComment,
  type ForgeUser,
  type ForgeWorld,
  type ShownStatus,
} from './forge/world.ts';
export { engineCases } from './mesh/engine/cases.ts';
export { formOf } from './mesh/engine/form.ts';
export { beginStory, endStory, type Story } from './mesh/engine/story.ts';
export type { Screen, ToldMoment, ToldRun } from './mesh/engine/told.ts';
export { transcriptOf } from './mesh/engine/transcript.ts';
export type { EngineTrial } from './mesh/engine/trial.ts';
export { lifeCases } from './mesh/life/cases.ts';
export { beginLife, endLife, type Life } from './mesh/life/life.ts';
export { nodeCases } from './mesh/node-cases.ts';
export { offlineCases } from './mesh/offline/cases.ts';
export { keptInMemory, type OfflineWorld } from './mesh/offline/world.ts';
export type { HelmRelease, Left, MeshSubject, RefusedMesh, Rewrite, StandIn } from './mesh/subject.ts';
export {
  type Declaration,
  declarations,
  type MeshCase,
  type MeshCaseResult,
  MeshLevel,
  noneRun,
  NotRun,
  runMeshCases,
} from './mesh/suite.ts';
export type { StageOptions, Trial, TrialCluster, Wish } from './mesh/trial.ts';
