import {
  type Config,
  connectionOf,
  type KubernetesSecretKey,
  openSecrets,
  type Secrets,
} from '@meshwright/config';
import type { Host } from './host.ts';

/** The secrets that a configuration names, as this machine can read them: those of clusters with its own rights. */
export function secretsFor(config: Config, { env }: Pick<Host, 'env'>): Secrets {
  return openSecrets({ environment: env, kubernetes: { read: (secret) => readSecret(config, secret) } });
}

async function readSecret({ targets }: Config, secret: KubernetesSecretKey): Promise<Uint8Array | undefined> {
  // Loaded only here: it takes longer to load than the rest of the command line.
  const { openClusterSecrets } = await import('@meshwright/cluster');
  const clusters = openClusterSecrets(targets.map(connectionOf));
  try {
    return await clusters.read(secret);
  } finally {
    await clusters.close();
  }
}
