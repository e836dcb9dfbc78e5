export {
  meshMark,
  type MeshMark,
  type MeshMarkClass,
  meshMarkClasses,
  type MeshMarkResource,
  type Utilization,
} from './mesh-mark.ts';
export type { Note } from './note.ts';
export { type TestConfigExport, testConfigOfProfile } from './profile-export.ts';
export { type ProfileImport, profilesOfTestConfig } from './profile-import.ts';
export type { Reading } from './read.ts';
export {
  type PerformanceTestConfig,
  readTestConfig,
  type SmpClient,
  type SmpMesh,
  type SmpMeshType,
  SmpProtocol,
  smpVersion,
  testConfigData,
  type TestConfigFile,
  writeTestConfig,
} from './test-config.ts';
export {
  type MeasuredTrial,
  measuredTrial,
  type PerformanceTestResult,
  readTestResult,
  type ResultContext,
  type SmpLatency,
  testResultOf,
  writeTestResult,
} from './test-result.ts';
