import { readFile } from 'node:fs/promises';

import { stringify } from 'yaml';

import { writeFileAtomically } from '../files.ts';
import type { Authority, KeyPairFiles } from './certificates.ts';

/** How to reach an API server as one user. */
export interface KubeconfigContent {
  /** The name of cluster, user and context. */
  readonly name: string;
  readonly server: string;
  readonly authority: Authority;
  readonly client: KeyPairFiles;
}

/** Writes a kubeconfig with everything inside it, readable by its owner alone. */
export async function writeKubeconfig(path: string, content: KubeconfigContent): Promise<void> {
  const { name, server, authority, client } = content;
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{ name, cluster: { server, 'certificate-authority-data': base64(authority.certificate) } }],
    users: [
      {
        name,
        user: {
          'client-certificate-data': base64(await readFile(client.certificate, 'utf8')),
          'client-key-data': base64(await readFile(client.key, 'utf8')),
        },
      },
    ],
    contexts: [{ name, context: { cluster: name, user: name } }],
  };
  await writeFileAtomically(path, stringify(kubeconfig, { lineWidth: 0 }));
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
