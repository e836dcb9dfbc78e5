import type { TestbedProfile } from '../state.ts';
import { partNamed } from './catalogue.ts';
import type { Part } from './part.ts';

const CONTROL_PLANE = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kwok',
  'temporal',
  'helm',
];
const NODE = [
  ...[
    'etcd',
    'kube-apiserver',
    'kube-controller-manager',
    'kube-scheduler',
    'kubelet',
    'kube-proxy',
    'temporal',
  ],
  ...['helm', 'kubectl', 'pause', 'coredns', 'fortio', 'pilot-discovery', 'pilot-agent', 'istioctl', 'envoy'],
  ...['containerd', 'ctr', 'runc', 'host-local', 'iptables', 'nft', 'ip'],
];

/** Everything that working with a testbed of a profile needs, in the order in which it is best built. */
export function profileParts(profile: TestbedProfile): Part[] {
  return (profile === 'node' ? NODE : CONTROL_PLANE).map(partNamed);
}
