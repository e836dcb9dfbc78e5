import type { Authority, KeyPairFiles } from './certificates.ts';

export interface ControllerManagerSettings {
  readonly kubeconfig: string;
  readonly port: number;
  readonly keyPair: KeyPairFiles;
  readonly authority: Authority;
  readonly serviceAccountKey: string;
  readonly serviceCidr: string;
  readonly clusterCidr?: string | undefined;
}

/** All controllers in one process, with no election since there is no second one, and quick because tests wait for them. */
export function controllerManagerArguments(settings: ControllerManagerSettings): string[] {
  const { authority, clusterCidr } = settings;
  return [
    ...commonArguments(settings),
    `--root-ca-file=${authority.files.certificate}`,
    `--cluster-signing-cert-file=${authority.files.certificate}`,
    `--cluster-signing-key-file=${authority.files.key}`,
    `--service-account-private-key-file=${settings.serviceAccountKey}`,
    '--use-service-account-credentials=true',
    `--service-cluster-ip-range=${settings.serviceCidr}`,
    ...(clusterCidr === undefined ? [] : ['--allocate-node-cidrs=true', `--cluster-cidr=${clusterCidr}`]),
    '--kube-api-qps=200',
    '--kube-api-burst=400',
  ];
}

export interface SchedulerSettings {
  readonly kubeconfig: string;
  readonly port: number;
  readonly keyPair: KeyPairFiles;
}

/** The scheduler with its default profile. */
export function schedulerArguments(settings: SchedulerSettings): string[] {
  return [...commonArguments(settings), '--kube-api-qps=200', '--kube-api-burst=400'];
}

function commonArguments({ kubeconfig, port, keyPair }: SchedulerSettings): string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    `--authentication-kubeconfig=${kubeconfig}`,
    `--authorization-kubeconfig=${kubeconfig}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    `--tls-cert-file=${keyPair.certificate}`,
    `--tls-private-key-file=${keyPair.key}`,
    '--leader-elect=false',
    '--profiling=false',
  ];
}
