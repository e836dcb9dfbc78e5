import { type ClusterPort, valueAt } from '@meshwright/plugin-sdk';

/** DaemonSets by which CNI plugins are known, with what people call them. */
const plugins: Readonly<Record<string, string>> = {
  'aws-node': 'Amazon VPC CNI',
  'azure-cni': 'Azure CNI',
  'calico-node': 'Calico',
  canal: 'Canal',
  'antrea-agent': 'Antrea',
  kindnet: 'kindnet',
  'kube-flannel-ds': 'Flannel',
  'kube-router': 'kube-router',
  'ovnkube-node': 'OVN-Kubernetes',
  'weave-net': 'Weave Net',
};

/** The CNI plugins on the nodes that Cilium is not chained to, as far as their usual names tell. */
export async function otherPlugins(values: unknown, cluster: ClusterPort): Promise<string[]> {
  const chaining = valueAt(values, 'cni.chainingMode');
  if (typeof chaining === 'string' && chaining !== 'none') return [];
  const found = await cluster.list({ apiVersion: 'apps/v1', kind: 'DaemonSet' });
  return found
    .map(({ metadata }) => plugins[metadata.name])
    .filter((name) => name !== undefined)
    .sort();
}
