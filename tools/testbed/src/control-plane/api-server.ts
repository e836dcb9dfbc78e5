import { MeshwrightError } from '@meshwright/model';

import type { Authority, KeyPairFiles } from './certificates.ts';

export interface ApiServerSettings {
  readonly bindAddress: string;
  readonly port: number;
  readonly advertiseAddress?: string;
  readonly kubeletAddressTypes?: string;
  readonly serviceCidr: string;
  readonly etcdServer: string;
  readonly etcdKeys: KeyPairFiles;
  readonly authority: Authority;
  readonly keyPair: KeyPairFiles;
  readonly kubeletClient: KeyPairFiles;
  readonly serviceAccounts: { readonly privateKey: string; readonly publicKey: string };
}

/** The issuer of service account tokens, as kubeadm sets it. */
const ISSUER = 'https://kubernetes.default.svc.cluster.local';

/** The API server with RBAC, tokens and the default admission plugins, webhooks among them. */
export function apiServerArguments(settings: ApiServerSettings): string[] {
  const { authority, keyPair, etcdKeys, kubeletClient, serviceAccounts } = settings;
  return [
    `--bind-address=${settings.bindAddress}`,
    `--secure-port=${settings.port}`,
    // Endpoints must not hold a loopback address, so without an advertised one nothing writes them.
    ...(settings.advertiseAddress === undefined
      ? ['--endpoint-reconciler-type=none']
      : [`--advertise-address=${settings.advertiseAddress}`]),
    `--tls-cert-file=${keyPair.certificate}`,
    `--tls-private-key-file=${keyPair.key}`,
    `--client-ca-file=${authority.files.certificate}`,
    `--etcd-servers=${settings.etcdServer}`,
    `--etcd-cafile=${authority.files.certificate}`,
    `--etcd-certfile=${etcdKeys.certificate}`,
    `--etcd-keyfile=${etcdKeys.key}`,
    `--kubelet-client-certificate=${kubeletClient.certificate}`,
    `--kubelet-client-key=${kubeletClient.key}`,
    ...(settings.kubeletAddressTypes === undefined
      ? []
      : [`--kubelet-preferred-address-types=${settings.kubeletAddressTypes}`]),
    `--service-account-issuer=${ISSUER}`,
    `--service-account-key-file=${serviceAccounts.publicKey}`,
    `--service-account-signing-key-file=${serviceAccounts.privateKey}`,
    `--service-cluster-ip-range=${settings.serviceCidr}`,
    '--authorization-mode=Node,RBAC',
    '--enable-admission-plugins=NodeRestriction',
    '--allow-privileged=true',
    '--profiling=false',
    '--shutdown-send-retry-after=false',
    // Without a limit it waits up to a minute for watches that nobody ends.
    '--shutdown-watch-termination-grace-period=1s',
  ];
}

/**
 * The first usable address of an IPv4 range, which Kubernetes gives to the Service `kubernetes`.
 *
 * @throws MeshwrightError `INVALID_INPUT`
 */
export function firstAddress(cidr: string): string {
  const [, a, b, c, d, bits] = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr) ?? [];
  const octets = [a, b, c, d].map(Number);
  if (bits === undefined || Number(bits) > 30 || octets.some((octet) => octet > 255)) {
    throw new MeshwrightError('INVALID_INPUT', `"${cidr}" is not an IPv4 range such as 10.96.0.0/16`);
  }
  const address = octets.reduce((number, octet) => number * 256 + octet, 0);
  const size = 2 ** (32 - Number(bits));
  const first = Math.floor(address / size) * size + 1;
  return [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join('.');
}
