import { open } from 'node:fs/promises';
import { MeshwrightError, messageOf } from '@meshwright/model';
import type {
  KubernetesSecretKey,
  RepositoryCredentials,
  ResultsConfig,
  SecretReference,
  SqliteResults,
  TemporalConfig,
  TlsFiles,
} from './types.ts';

const longestSecret = 64 * 1024;

/** Reads secrets where the configuration says they are, at each use: one that was renewed is taken up. */
export interface Secrets {
  /**
   * The secret that a reference names, read now; a trailing line break is taken off. Nothing of it is in any error.
   * @throws MeshwrightError INVALID_CONFIGURATION when it is not there, empty, longer than 64 KiB, or no text; what
   *   `KubernetesSecrets` throws.
   */
  read(reference: SecretReference): Promise<string>;
  /** What a repository is read with, its secrets read now; throws as `read`. */
  credentials(credentials: RepositoryCredentials): Promise<ResolvedCredentials>;
  /** How Temporal is spoken to: its encryption keys read now, its API key whenever it is asked for; throws as `read`. */
  temporal(config: TemporalConfig): Promise<ResolvedTemporal>;
  /** Where results are kept, with the address of a database read now; throws as `read`. */
  results(config: ResultsConfig): Promise<ResolvedResults>;
}

/** Where secrets are looked up. */
export interface SecretSources {
  /** `process.env` unless told. */
  environment?: Readonly<Record<string, string | undefined>>;
  /** Without it, references to Kubernetes Secrets are refused. */
  kubernetes?: KubernetesSecrets;
}

/** A port: whoever may speak to clusters reads their Secrets. */
export interface KubernetesSecrets {
  /** The bytes of the key, or undefined when there is no such Secret or key. */
  read(secret: KubernetesSecretKey): Promise<Uint8Array | undefined>;
}

export type ResolvedCredentials =
  | { kind: 'password'; username?: string; password: string }
  | { kind: 'ssh'; privateKeyFile: string; knownHostsFile: string };

export interface ResolvedTemporal {
  address: string;
  namespace: string;
  tls?: TlsFiles;
  apiKey?: () => Promise<string>;
  encryption?: { activeKey: string; keys: { id: string; key: string }[] };
}

export type ResolvedResults = SqliteResults | { postgres: { url: string; tls?: TlsFiles } };

/** The secrets of this process's environment, files and clusters. */
export function openSecrets(sources: SecretSources = {}): Secrets {
  const secrets: Secrets = {
    async read(reference) {
      if ('env' in reference) return fromEnvironment(reference.env, sources.environment ?? process.env);
      if ('file' in reference) {
        const where = `The secret file ${reference.file}`;
        return trimmed(decoded(await readBounded(reference.file), where), where);
      }
      return fromKubernetes(reference.kubernetesSecret, sources.kubernetes);
    },
    async credentials(credentials) {
      if (credentials.kind === 'ssh') {
        const { sshKeyFile, knownHostsFile } = credentials;
        return { kind: 'ssh', privateKeyFile: sshKeyFile, knownHostsFile };
      }
      const { username, password } = credentials;
      return {
        kind: 'password',
        ...(username === undefined ? {} : { username: await secrets.read(username) }),
        password: await secrets.read(password),
      };
    },
    async temporal({ address, namespace, tls, apiKey, encryption }) {
      return {
        address,
        namespace,
        ...(tls === undefined ? {} : { tls }),
        ...(apiKey === undefined ? {} : { apiKey: () => secrets.read(apiKey) }),
        ...(encryption === undefined ? {} : { encryption: await encryptionOf(encryption, secrets) }),
      };
    },
    async results(config) {
      if ('sqlite' in config) return config;
      return { postgres: { ...config.postgres, url: await secrets.read(config.postgres.url) } };
    },
  };
  return secrets;
}

async function encryptionOf(
  { activeKey, keys }: NonNullable<TemporalConfig['encryption']>,
  secrets: Secrets,
): Promise<NonNullable<ResolvedTemporal['encryption']>> {
  return {
    activeKey,
    keys: await Promise.all(keys.map(async ({ id, key }) => ({ id, key: await secrets.read(key) }))),
  };
}

function fromEnvironment(name: string, environment: NonNullable<SecretSources['environment']>): string {
  const where = `The environment variable ${name}`;
  const value = environment[name];
  if (value === undefined) throw refused(`${where}, which the configuration names, is not set.`, 'Set it.');
  return trimmed(value, where);
}

async function fromKubernetes(
  secret: KubernetesSecretKey,
  kubernetes: KubernetesSecrets | undefined,
): Promise<string> {
  const { target, namespace, name, key } = secret;
  const cluster = target === undefined ? 'the cluster around this process' : `target ${target}`;
  const where = `Key ${key} of Secret ${namespace}/${name} in ${cluster}`;
  if (kubernetes === undefined) {
    throw refused(`${where} cannot be read by this process.`, 'Name a variable or a file for it.');
  }
  const bytes = await kubernetes.read(secret);
  if (bytes === undefined) {
    throw refused(`${where} is not there.`, 'Create it, or correct the reference in the configuration.');
  }
  return trimmed(decoded(bytes, where), where);
}

async function readBounded(path: string): Promise<Uint8Array> {
  try {
    await using file = await open(path, 'r');
    const stat = await file.stat();
    if (!stat.isFile()) throw refused(`The secret file ${path} is no regular file.`, 'Name a file.');
    const buffer = Buffer.alloc(longestSecret + 1);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    if (error instanceof MeshwrightError) throw error;
    throw refused(
      `The secret file ${path} cannot be read: ${messageOf(error)}.`,
      'Create it, or give this user the right to read it.',
    );
  }
}

function decoded(bytes: Uint8Array, where: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refused(`${where} is not UTF-8 text.`, 'Save the secret as text.');
  }
}

function trimmed(text: string, where: string): string {
  const secret = text.replace(/\r?\n$/, '');
  if (secret === '') throw refused(`${where} is empty.`, 'Put the secret there.');
  if (secret.length > longestSecret) throw refused(`${where} is longer than 64 KiB.`, 'Name the right one.');
  if (secret.includes('\0')) throw refused(`${where} has a NUL character.`, 'Put the secret there as text.');
  return secret;
}

function refused(message: string, remedy: string): MeshwrightError {
  return new MeshwrightError('INVALID_CONFIGURATION', message, { remedy });
}
