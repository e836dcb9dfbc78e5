import { plural } from '@meshwright/model';
import { z } from 'zod';
import {
  type ClusterPort,
  isForeign,
  livePods,
  type MeshChange,
  type MeshPlan,
  planOfUninstall,
  type PluginContext,
} from '@meshwright/plugin-sdk';
import { foreignRules } from './foreign.ts';
import { hasKubeProxy } from './kube-proxy.ts';
import { revision, settings } from './names.ts';

/**
 * What to know before Cilium is taken away, which is more than of any other mesh, for it is the pods' network. The stages
 * are the engine's.
 */
export async function planUninstall(change: MeshChange, { cluster }: PluginContext): Promise<MeshPlan> {
  if (change.installations.every(isForeign)) return planOfUninstall(change, foreignRules, { revision });
  const confirmations = await dangers(cluster);
  return planOfUninstall(change, foreignRules, { revision, confirmations, warnings: traces });
}

/** What the cluster cannot be rid of from the outside (Cilium's guides on chaining and on migration). */
const traces = [
  'On every node stay the CNI configuration (/etc/cni/net.d/05-cilium.conflist, where cni.uninstall was not set), its program, the eBPF programs and the devices of Cilium: the kubelet goes on calling it. Remove them with "cilium-dbg post-uninstall-cleanup", or renew the nodes.',
  'Policies of others that are left (CiliumNetworkPolicy and its like) keep their CRDs, and have no effect.',
];

const Data = z.object({ data: z.record(z.string(), z.string()).default({}) });

/** What stops working the moment it is gone, by what it does on this cluster. */
async function dangers(cluster: ClusterPort): Promise<string[]> {
  const [live, pods, kubeProxy] = await Promise.all([
    cluster.get(settings),
    livePods(cluster),
    hasKubeProxy(cluster),
  ]);
  const { data } = Data.parse(live ?? {});
  const behind = pods.filter(({ spec }) => spec.hostNetwork !== true).length;
  return [
    `Cilium is the network of ${plural(behind, 'pod')}: pods that start after it is gone get no network until the nodes have another CNI plugin, and those that run lose theirs with the next change of their routes.`,
    ...(kubeProxy
      ? []
      : [
          'There is no DaemonSet kube-proxy: where nothing else serves Services, none of the cluster is reachable without Cilium, its DNS and its API among them.',
        ]),
    'Network policies are enforced by nobody any more: what they denied is allowed.',
    ...(data['enable-wireguard'] === 'true' || data['enable-ipsec'] === 'true'
      ? ['Traffic between the nodes is encrypted by Cilium, and goes in plain text without it.']
      : []),
    ...(data['enable-gateway-api'] === 'true' || data['enable-ingress-controller'] === 'true'
      ? ['Requests from outside come in through its Gateways or Ingresses, and stop there.']
      : []),
  ];
}
