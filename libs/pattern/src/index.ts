export type { LoadLimits } from './limits.ts';
export {
  loadPatterns,
  type LoadOptions,
  type PatternCheck,
  type PatternFile,
  type PatternProblem,
} from './load.ts';
export { readPattern, type PatternReading } from './read-pattern.ts';
export { patternJsonSchema, patternReference } from './reference.ts';
export { patternSchema } from './schema.ts';
