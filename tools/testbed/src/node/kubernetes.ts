import type { NodeNetwork } from './network.ts';
import type { NodePaths } from './paths.ts';

/** The name under which the node registers. */
export const NODE_NAME = 'testbed-node';
/** The cluster's DNS domain. */
export const CLUSTER_DOMAIN = 'cluster.local';

/** The kernel settings that kubelet demands or makes (kubelet's `setupKernelTunables`), as paths below /proc/sys. */
export const KERNEL_SETTINGS: Readonly<Record<string, string>> = {
  'vm/overcommit_memory': '1',
  'vm/panic_on_oom': '0',
  'kernel/panic': '10',
  'kernel/panic_on_oops': '1',
  'kernel/keys/root_maxkeys': '1000000',
  'kernel/keys/root_maxbytes': '25000000',
};

/**
 * kubelet's configuration (kubelet.config.k8s.io/v1beta1). It works on control groups of version 1 and 2, does not
 * manage the machine's own groups, and does not evict pods because the machine's disk is full of other things.
 */
export function kubeletConfig(paths: NodePaths, network: NodeNetwork, certificateAuthority: string): string {
  return JSON.stringify({
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: network.nodeAddress,
    healthzBindAddress: '127.0.0.1',
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: certificateAuthority },
    },
    authorization: { mode: 'Webhook' },
    containerRuntimeEndpoint: `unix://${paths.containerdSocket}`,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: paths.cgroup,
    cgroupsPerQOS: true,
    enforceNodeAllocatable: [],
    failCgroupV1: false,
    failSwapOn: false,
    oomScoreAdj: 0,
    makeIPTablesUtilChains: false,
    clusterDNS: [network.dnsAddress],
    clusterDomain: CLUSTER_DOMAIN,
    resolvConf: paths.resolvConf,
    podLogsDir: `${paths.logs}/pods`,
    volumePluginDir: `${paths.kubeletRoot}/volume-plugins`,
    evictionHard: {
      'memory.available': '50Mi',
      'nodefs.available': '0%',
      'nodefs.inodesFree': '0%',
      'imagefs.available': '0%',
      'imagefs.inodesFree': '0%',
    },
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    serializeImagePulls: false,
    syncFrequency: '10s',
    nodeStatusUpdateFrequency: '5s',
    maxPods: 250,
  });
}

/** kube-proxy's configuration (kubeproxy.config.k8s.io/v1alpha1): nftables, and the kernel's limits left as they are. */
export function kubeProxyConfig(network: NodeNetwork, kubeconfig: string): string {
  return JSON.stringify({
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode: 'nftables',
    // Services follow their pods at once; the default of a second is for clusters with thousands of them.
    nftables: { minSyncPeriod: '50ms' },
    clientConnection: { kubeconfig },
    clusterCIDR: network.podCidr,
    hostnameOverride: NODE_NAME,
    oomScoreAdj: 0,
    conntrack: { maxPerCore: 0, min: 0 },
    nodePortAddresses: [`${network.nodeAddress}/32`],
  });
}
