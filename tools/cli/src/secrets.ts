import { type Config, type KubernetesSecretKey, openSecrets, type Secrets } from '@meshwright/config';
import { MeshwrightError } from '@meshwright/model';
import type { Host } from './host.ts';

/** The secrets that a configuration names, as this machine can read them: those of clusters with its own rights. */
export function secretsFor(config: Config, { env }: Pick<Host, 'env'>): Secrets {
  return openSecrets({ environment: env, kubernetes: { read: (secret) => readSecret(config, secret) } });
}

async function readSecret(
  { targets }: Config,
  { target, namespace, name, key }: KubernetesSecretKey,
): Promise<Uint8Array | undefined> {
  // Loaded only here: it takes longer to load than the rest of the command line.
  const { withTarget } = await import('./doctor/target.ts');
  const holder =
    target === undefined
      ? { kind: 'in-cluster' as const, name: 'cluster around this process' }
      : targets.find((configured) => configured.name === target);
  if (holder === undefined) throw new MeshwrightError('UNKNOWN_TARGET', `There is no target "${target}".`);
  return withTarget(holder, async (client) => {
    const secret = await client.get({ apiVersion: 'v1', kind: 'Secret', namespace, name });
    const data = secret?.data;
    const value =
      typeof data === 'object' && data !== null ? (data as Record<string, unknown>)[key] : undefined;
    return typeof value === 'string' ? Buffer.from(value, 'base64') : undefined;
  });
}
