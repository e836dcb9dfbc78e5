import type { NodeNetwork } from './network.ts';
import type { NodePaths } from './paths.ts';

/** What the machine decides about containerd's configuration. */
export interface ContainerdSettings {
  readonly sandboxImage: string;
  readonly cniPlugins: string;
  /** `native` copies files and works where an overlay cannot be mounted. */
  readonly snapshotter: 'overlayfs' | 'native';
  /** Without CAP_SYS_RESOURCE runc may not lower `oom_score_adj`, and every sandbox would die. */
  readonly restrictOomScore: boolean;
}

/** containerd's configuration, version 2: read by 1.6 and 1.7, and migrated by 2.x on its own. */
export function containerdConfig(paths: NodePaths, settings: ContainerdSettings): string {
  const cri = 'plugins."io.containerd.grpc.v1.cri"';
  return `version = 2
root = ${quote(paths.containerdRoot)}
state = ${quote(paths.containerdState)}
disabled_plugins = ["io.containerd.internal.v1.opt", "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs", "io.containerd.tracing.processor.v1.otlp"]

[grpc]
  address = ${quote(paths.containerdSocket)}

[${cri}]
  sandbox_image = ${quote(settings.sandboxImage)}
  restrict_oom_score_adj = ${String(settings.restrictOomScore)}
  stream_server_address = "127.0.0.1"

  [${cri}.cni]
    bin_dir = ${quote(settings.cniPlugins)}
    conf_dir = ${quote(paths.cniConfig)}

  [${cri}.containerd]
    snapshotter = ${quote(settings.snapshotter)}
    default_runtime_name = "runc"

    [${cri}.containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"

      [${cri}.containerd.runtimes.runc.options]
        SystemdCgroup = false
`;
}

/**
 * The pod network: a routed pair of devices for each pod (CNI `ptp`), so that no packet between pods takes a way
 * around kube-proxy's address translation, with or without `br_netfilter` in the kernel.
 */
export function cniConfig(paths: NodePaths, network: NodeNetwork): string {
  return JSON.stringify({
    cniVersion: '0.4.0',
    name: 'testbed',
    plugins: [
      {
        type: 'ptp',
        ipMasq: false,
        ipam: {
          type: 'host-local',
          dataDir: paths.cniAddresses,
          ranges: [[{ subnet: network.podCidr }]],
          routes: [{ dst: '0.0.0.0/0' }],
        },
      },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  });
}

function quote(text: string): string {
  return JSON.stringify(text);
}
