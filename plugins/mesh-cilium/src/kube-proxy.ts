import type { ClusterPort } from '@meshwright/plugin-sdk';
import { systemNamespace } from './names.ts';

/** Whether kube-proxy serves the cluster's Services, as far as its usual DaemonSet tells. */
export async function hasKubeProxy(cluster: ClusterPort): Promise<boolean> {
  const name = { namespace: systemNamespace, name: 'kube-proxy' };
  return (await cluster.get({ apiVersion: 'apps/v1', kind: 'DaemonSet', ...name })) !== undefined;
}
