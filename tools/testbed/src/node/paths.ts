import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';

/** Where everything of one node lies. */
export interface NodePaths {
  readonly directory: string;
  /**
   * The node's addresses. Beside the directory and not in it: a cluster whose data outlive a stop needs the same
   * addresses again, for its Services have theirs from the range.
   */
  readonly network: string;
  /** Exists once the housing is whole; a start that was cut short is begun again. */
  readonly complete: string;
  readonly logs: string;
  readonly temporary: string;
  readonly containerdSocket: string;
  readonly containerdConfig: string;
  readonly containerdRoot: string;
  readonly containerdState: string;
  readonly cniConfig: string;
  readonly cniAddresses: string;
  readonly kubeletRoot: string;
  readonly kubeletConfig: string;
  readonly kubeProxyConfig: string;
  readonly resolvConf: string;
  readonly kernelSettings: string;
  /** The parent of all containers' control groups, from the root of each hierarchy. */
  readonly cgroup: string;
}

/** The paths follow from the node's directory alone, so that a node can be cleaned up with nothing else known. */
export function nodePaths(nodeDirectory: string): NodePaths {
  const directory = resolve(nodeDirectory);
  const id = createHash('sha256').update(directory).digest('hex').slice(0, 12);
  return {
    directory,
    network: `${directory}-network.json`,
    complete: join(directory, 'complete'),
    logs: join(directory, 'logs'),
    temporary: join(directory, 'tmp'),
    containerdSocket: join(directory, 'containerd.sock'),
    containerdConfig: join(directory, 'containerd.toml'),
    containerdRoot: join(directory, 'containerd', 'root'),
    containerdState: join(directory, 'containerd', 'state'),
    cniConfig: join(directory, 'cni', 'config'),
    cniAddresses: join(directory, 'cni', 'addresses'),
    kubeletRoot: join(directory, 'kubelet'),
    kubeletConfig: join(directory, 'kubelet.json'),
    kubeProxyConfig: join(directory, 'kube-proxy.json'),
    resolvConf: join(directory, 'resolv.conf'),
    kernelSettings: join(directory, 'kernel-settings'),
    cgroup: `/meshwright/${id}`,
  };
}
