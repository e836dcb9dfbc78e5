import type { Authority, KeyPairFiles } from './certificates.ts';

export interface EtcdSettings {
  readonly directory: string;
  readonly ports: { readonly etcd: number; readonly etcdPeer: number };
  readonly authority: Authority;
  readonly keyPair: KeyPairFiles;
}

/** One etcd member on loopback that only takes clients with a certificate of the testbed. */
export function etcdArguments({ directory, ports, authority, keyPair }: EtcdSettings): string[] {
  const client = `https://127.0.0.1:${ports.etcd}`;
  const peer = `https://127.0.0.1:${ports.etcdPeer}`;
  return [
    '--name=testbed',
    `--data-dir=${directory}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=testbed=${peer}`,
    '--client-cert-auth=true',
    `--trusted-ca-file=${authority.files.certificate}`,
    `--cert-file=${keyPair.certificate}`,
    `--key-file=${keyPair.key}`,
    '--peer-client-cert-auth=true',
    `--peer-trusted-ca-file=${authority.files.certificate}`,
    `--peer-cert-file=${keyPair.certificate}`,
    `--peer-key-file=${keyPair.key}`,
    // A testbed is made anew rather than mended: it need not survive a power cut, and its disk is shared.
    '--unsafe-no-fsync=true',
    '--auto-compaction-retention=10m',
    '--log-level=warn',
  ];
}
