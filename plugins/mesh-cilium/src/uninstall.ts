import { z } from 'zod';
import { PlanAction } from '@meshwright/model';
import {
  type ClusterPort,
  isForeign,
  isLive,
  type MeshChange,
  type MeshPlan,
  Pod,
  type PluginContext,
} from '@meshwright/plugin-sdk';
import { describe } from './installed.ts';
import { hasKubeProxy } from './kube-proxy.ts';
import { revision, settings } from './names.ts';

/**
 * What to know before Cilium is taken away, which is more than of any other mesh, for it is the pods' network. The stages
 * are the engine's.
 */
export async function planUninstall(
  { snapshot, installations }: MeshChange,
  { cluster }: PluginContext,
): Promise<MeshPlan> {
  const ours = installations.filter((installation) => !isForeign(installation));
  const others = installations.filter(isForeign);
  const [running] = ours;
  return {
    action: PlanAction.uninstall,
    version: running?.version ?? snapshot.pattern.spec.mesh.version,
    revision,
    prepare: [],
    switchOver: [],
    settle: [],
    preflight: [],
    confirmations: running === undefined ? [] : await dangers(cluster),
    warnings: [
      ...ours.flatMap(({ notes }) => notes),
      ...others.map((other) => `${describe(other)} stays as it is.`),
      ...(running === undefined ? [] : traces),
    ],
  };
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
    cluster.list({ apiVersion: 'v1', kind: 'Pod' }),
    hasKubeProxy(cluster),
  ]);
  const { data } = Data.parse(live ?? {});
  const behind = pods
    .map((object) => Pod.parse(object))
    .filter((pod) => isLive(pod) && pod.spec.hostNetwork !== true).length;
  return [
    `Cilium is the network of ${behind} pods: pods that start after it is gone get no network until the nodes have another CNI plugin, and those that run lose theirs with the next change of their routes.`,
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
