import type { TargetConfig } from './types.ts';

/** What a connection to a target is made from. */
export interface TargetConnection {
  name: string;
  kubeconfig?: string;
  context?: string;
  inCluster?: boolean;
}

/** How the target is connected to. */
export function connectionOf(target: TargetConfig): TargetConnection {
  const { name } = target;
  if (target.kind === 'in-cluster') return { name, inCluster: true };
  const { kubeconfig, context } = target;
  return { name, kubeconfig, ...(context === undefined ? {} : { context }) };
}
