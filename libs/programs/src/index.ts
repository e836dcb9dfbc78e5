export { openPrograms, type ProgramCall, type ProgramOutcome, type Programs } from './programs.ts';
