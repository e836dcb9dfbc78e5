import type { RequestOptions } from 'node:https';
import { isIP } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { bufferFromFileOrString, KubeConfig, type Cluster, type User } from '@kubernetes/client-node';
import { MeshwrightError } from '@meshwright/model';
import type { Metrics } from '@meshwright/telemetry';
import { textAt } from './json.ts';

/** Whom to be, when not who the credentials say. */
export interface Impersonation {
  user: string;
  groups?: string[];
}

/** Where a cluster is and as whom to speak to it. */
export interface ConnectOptions {
  /** What people call the cluster; part of every message. */
  name: string;
  /** The path of a kubeconfig; absent means `KUBECONFIG`, then `~/.kube/config`. */
  kubeconfig?: string;
  /** A context of the kubeconfig; absent means its current one. */
  context?: string;
  /** Take the service account of the pod this runs in, instead of a kubeconfig. */
  inCluster?: boolean;
  impersonate?: Impersonation;
  /** Told of every attempt at a request. */
  metrics?: Pick<Metrics, 'requested'>;
}

/** What one identity sends: TLS material and headers. */
export interface Credentials {
  tls: { ca?: Buffer | string; cert?: Buffer | string; key?: Buffer | string; servername?: string };
  headers: Record<string, string | string[]>;
}

/** Tokens from files and plugins are taken anew this often; expiry itself shows as 401. */
const refreshAfterMs = 45_000;
/** A credential plugin may take this long. */
const credentialsMs = 30_000;

/**
 * The address of a cluster and its credentials. Credentials are resolved on first use and kept; those that come
 * from a file or a plugin are resolved again every 45 seconds and when the server answers 401.
 */
export class Access {
  readonly name: string;
  readonly server: URL;
  readonly proxy: string | undefined;
  readonly #options: ConnectOptions;
  #config: KubeConfig;
  #resolved: { credentials: Promise<Credentials>; at: number } | undefined;

  /** @throws MeshwrightError INVALID_CONFIGURATION when the kubeconfig or its context cannot be used. */
  constructor(options: ConnectOptions) {
    this.name = options.name;
    this.#options = options;
    this.#config = load(options);
    const cluster = clusterOf(this.#config, options);
    this.server = serverOf(cluster, options);
    this.proxy = proxyOf(cluster, options);
  }

  /** What to send now. */
  async credentials(): Promise<Credentials> {
    const { user } = partsOf(this.#config);
    const renewable = user?.authProvider !== undefined || user?.exec !== undefined;
    if (this.#resolved !== undefined && !(renewable && Date.now() - this.#resolved.at > refreshAfterMs)) {
      return this.#resolved.credentials;
    }
    const resolved = { credentials: this.#resolve(), at: Date.now() };
    this.#resolved = resolved;
    try {
      return await resolved.credentials;
    } catch (error) {
      if (this.#resolved === resolved) this.#resolved = undefined;
      throw error;
    }
  }

  /**
   * Reads the kubeconfig, the token or the plugin's answer again, unless that was done since the refused credentials
   * were given: many requests may be refused at once.
   */
  async renew(refused: Credentials): Promise<void> {
    if ((await this.credentials()) !== refused) return;
    this.#config = load(this.#options);
    this.#resolved = undefined;
    await this.credentials();
  }

  async #resolve(): Promise<Credentials> {
    const { cluster, user } = partsOf(this.#config);
    if (this.server.protocol === 'http:') return { tls: {}, headers: impersonationHeaders(this.#options) };
    const request: RequestOptions = {};
    try {
      await within(credentialsMs, this.#config.applyToHTTPSOptions(request));
    } catch (error) {
      throw credentialError(this.name, user, error);
    }
    const { cert, key, servername, headers } = request;
    const ca = bufferFromFileOrString(cluster?.caFile, cluster?.caData);
    return {
      tls: {
        ...(ca === null ? {} : { ca }),
        ...(isMaterial(cert) ? { cert } : {}),
        ...(isMaterial(key) ? { key } : {}),
        ...(servername === undefined ? {} : { servername }),
      },
      headers: { ...plainHeaders(headers), ...impersonationHeaders(this.#options) },
    };
  }
}

/** A credential plugin that asks its user something never ends. */
async function within(milliseconds: number, work: Promise<void>): Promise<void> {
  const over = new AbortController();
  const late = sleep(milliseconds, undefined, { signal: over.signal }).then(() => {
    throw new Error('it took too long');
  });
  try {
    await Promise.race([work, late]);
  } finally {
    over.abort();
    late.catch(() => undefined);
  }
}

function load(options: ConnectOptions): KubeConfig {
  const config = new KubeConfig();
  try {
    if (options.inCluster === true) config.loadFromCluster();
    else if (options.kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(options.kubeconfig);
  } catch (error) {
    throw unusable(options, `its kubeconfig cannot be read: ${reasonOf(error)}`, error);
  }
  if (options.context !== undefined) config.setCurrentContext(options.context);
  return config;
}

/** A parser quotes the text around a mistake, which may be a credential: only file system errors are repeated. */
function reasonOf(error: unknown): string {
  return error instanceof Error && 'syscall' in error ? error.message : 'it is not a valid kubeconfig';
}

function partsOf(config: KubeConfig): { cluster: Cluster | null; user: User | null } {
  return { cluster: config.getCurrentCluster(), user: config.getCurrentUser() };
}

function clusterOf(config: KubeConfig, options: ConnectOptions): Cluster {
  const { cluster } = partsOf(config);
  if (cluster !== null) return cluster;
  const known = config.getContexts().map((context) => context.name);
  const named = options.context ?? config.getCurrentContext();
  const reason = named ? `the context "${named}" names no cluster` : 'the kubeconfig has no current context';
  throw unusable(options, known.length === 0 ? reason : `${reason}; it has the contexts ${known.join(', ')}`);
}

function serverOf(cluster: Cluster, options: ConnectOptions): URL {
  if (!URL.canParse(cluster.server)) throw unusable(options, 'the address of its API server is not a URL');
  const server = new URL(cluster.server);
  if (server.protocol === 'http:' && isLoopback(server.hostname)) return server;
  if (server.protocol !== 'https:') {
    throw unusable(options, `its address ${server.origin} is not https`);
  }
  if (cluster.skipTLSVerify) {
    throw unusable(
      options,
      'its kubeconfig says insecure-skip-tls-verify: put the certificate authority there',
    );
  }
  return server;
}

function isLoopback(hostname: string): boolean {
  const address = hostname.replace(/^\[|\]$/g, '');
  return address === 'localhost' || address === '::1' || (isIP(address) === 4 && address.startsWith('127.'));
}

function proxyOf(cluster: Cluster, options: ConnectOptions): string | undefined {
  if (!cluster.proxyUrl) return undefined;
  if (/^https?:/.test(cluster.proxyUrl)) return cluster.proxyUrl;
  throw unusable(options, 'its proxy is neither http nor https');
}

function plainHeaders(headers: RequestOptions['headers']): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (typeof value === 'string') plain[name.toLowerCase()] = value.trim();
  }
  return plain;
}

function impersonationHeaders(options: ConnectOptions): Record<string, string | string[]> {
  const { impersonate } = options;
  if (impersonate === undefined) return {};
  return {
    'impersonate-user': impersonate.user,
    ...(impersonate.groups === undefined ? {} : { 'impersonate-group': impersonate.groups }),
  };
}

function isMaterial(value: unknown): value is string | Buffer {
  return typeof value === 'string' || Buffer.isBuffer(value);
}

function unusable(options: ConnectOptions, reason: string, cause?: unknown): MeshwrightError {
  return new MeshwrightError(
    'INVALID_CONFIGURATION',
    `The cluster "${options.name}" cannot be used: ${reason}.`,
    {
      where: options.kubeconfig ?? `cluster ${options.name}`,
      remedy: 'Correct the kubeconfig, or its path and context in meshwright.yaml.',
    },
    { cause },
  );
}

/** The answer of a credential plugin may hold secrets, so nothing of it is repeated. */
function credentialError(cluster: string, user: User | null, cause: unknown): MeshwrightError {
  const command = commandOf(user);
  const source = command === undefined ? 'The credentials' : `The credential plugin "${command}"`;
  return new MeshwrightError(
    'CLUSTER_UNAUTHORIZED',
    `${source} for the cluster "${cluster}" could not be obtained.`,
    {
      where: `cluster ${cluster}`,
      remedy:
        command === undefined
          ? 'Check the files that the kubeconfig names for this user.'
          : `Run ${command} by hand as the user that runs Meshwright, and see what it says.`,
    },
    { cause: cause instanceof Error ? cause.name : undefined },
  );
}

function commandOf(user: User | null): string | undefined {
  const exec: unknown = user?.exec;
  return textAt(exec, 'command');
}
