export { type LoadCase, loadCases, type LoadSubject } from './load/cases.ts';
export { type CaseResult, runLoadSuite } from './load/report.ts';
export { promqlErrors, promqlParts } from './mesh/promql.ts';
