export { type LoadAgentOptions, startLoadAgent } from './agent.ts';
export { generators } from './registry.ts';
