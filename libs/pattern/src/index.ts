export type { LoadLimits } from './limits.ts';
export {
  loadPatterns,
  type LoadOptions,
  type PatternCheck,
  type PatternFile,
  type PatternProblem,
} from './load.ts';
export { loadPolicy } from './policy/load-policy.ts';
export { policyBytes, type PolicyFile, readPolicy } from './policy/read-policy.ts';
export { policyJsonSchema, policyReference } from './policy/reference.ts';
export { windowState, type WindowSubject } from './policy/window-state.ts';
export {
  baselineInputOf,
  type BaselineOptions,
  loadEndpointOf,
  type ProfileBaseline,
} from './profile/baseline-input.ts';
export { loadProfiles, type ProfileFile } from './profile/load-profiles.ts';
export { type JudgedLimits, judgedLimits, limitsTogether } from './profile/metric-limits.ts';
export { readProfile, type ProfileReading } from './profile/read-profile.ts';
export { profileJsonSchema, profileReference } from './profile/reference.ts';
export { profileSchema } from './profile/schema.ts';
export { profileDocument, writeProfile } from './profile/write-profile.ts';
export { readPattern, type PatternReading } from './read-pattern.ts';
export { patternJsonSchema, patternReference } from './reference.ts';
export { asEvidence } from './references.ts';
export { patternSchema } from './schema.ts';
