import type { Part } from './part.ts';

/** System directories that an ordinary user's PATH often lacks. */
const directories = ['/usr/sbin', '/sbin', '/usr/local/sbin', '/usr/bin'];

function debianPart(name: string, packageName: string, purpose: string, more: readonly string[] = []): Part {
  return {
    name,
    version: 'distribution',
    purpose,
    probe: { directories: [...more, ...directories] },
    debian: { package: packageName },
  };
}

/** Debian keeps every version's servers in a folder of its own, off the PATH. */
const postgresDirectories = [18, 17, 16, 15, 14].map((version) => `/usr/lib/postgresql/${version}/bin`);

/**
 * What a real node takes from the distribution, since it must fit the machine's kernel, and the database of the tests. Any
 * version will do.
 */
export const debianParts: readonly Part[] = [
  debianPart('containerd', 'containerd', 'runs containers'),
  debianPart('ctr', 'containerd', "containerd's command, imports images"),
  debianPart('runc', 'runc', 'starts containers'),
  debianPart(
    'host-local',
    'containernetworking-plugins',
    'pod networks; the other CNI plugins lie beside it',
    ['/usr/lib/cni', '/opt/cni/bin'],
  ),
  debianPart('iptables', 'iptables', 'packet filter'),
  debianPart('nft', 'nftables', "kube-proxy's packet filter"),
  debianPart('conntrack', 'conntrack', 'connection tracking'),
  debianPart('ebtables', 'ebtables', 'bridge filter, looked for by kubelet'),
  debianPart('ethtool', 'ethtool', 'network devices, looked for by kubelet'),
  debianPart('socat', 'socat', 'port forwarding'),
  debianPart('ip', 'iproute2', 'network devices and namespaces'),
  debianPart('tc', 'iproute2', 'traffic control'),
  debianPart('initdb', 'postgresql', "makes a database's files", postgresDirectories),
  debianPart('postgres', 'postgresql', 'the database server that results are tried on', postgresDirectories),
];
