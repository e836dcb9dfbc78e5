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
export { sampleNotices } from './notices/samples.ts';
