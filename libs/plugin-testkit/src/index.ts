export { type LoadCase, loadCases, type LoadSubject } from './load/cases.ts';
export { type CaseResult, runLoadSuite } from './load/report.ts';
export { type FakeCluster, fakeContext } from './mesh/fake-cluster.ts';
export { promqlErrors, promqlParts } from './mesh/promql.ts';
export { realCharts } from './mesh/real-charts.ts';
export {
  hostileCharacters,
  hostileMarkup,
  hostileNotices,
  lookAlikeSecrets,
  noticeOf,
} from './notices/hostile.ts';
export { sampleMoment, sampleNotices } from './notices/samples.ts';
export { plainHttp } from './chat/http.ts';
export { type FormPart, formParts } from './chat/multipart.ts';
export {
  type LocalService,
  type ReceivedRequest,
  type ServedAnswer,
  type ServiceMood,
  startLocalService,
} from './chat/server.ts';
export type {
  ChatCase,
  ChatSubject,
  ChatTrial,
  FakeChat,
  Interactions,
  OpenDialogue,
  ShownMessage,
} from './chat/subject.ts';
export { chatCases, chatCasesFor, runChatCase } from './chat/suite.ts';
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
export { forgeCases, forgeCasesFor, runForgeCase } from './forge/suite.ts';
export {
  commitOf,
  createWorld,
  type ForgeChange,
  type ForgeComment,
  type ForgeUser,
  type ForgeWorld,
  type ShownStatus,
} from './forge/world.ts';
export { type SeenMarkdown, seenMarkdown } from './chat/markdown.ts';
