export { type ClusterAgentOptions, startClusterAgent } from './agent.ts';
export { plugins } from './registry.ts';
