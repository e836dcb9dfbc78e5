export type {
  LoadLimits,
  LoadOptions,
  LoadPatterns,
  PatternCheck,
  PatternFile,
  PatternProblem,
} from './load.ts';
