import type { Digest } from '@meshwright/model';

/** A configuration that was read, checked and completed: every path absolute, every default filled in. No secret is in it. */
export interface Config {
  /** The file it was read from; absolute. */
  path: string;
  temporal: TemporalConfig;
  repositories: RepositoryConfig[];
  forges: ForgeConfig[];
  chats: ChatConfig[];
  targets: TargetConfig[];
  /** By mesh plugin id; a mesh without an entry uses its plugin's public chart repository. */
  meshes: Record<string, MeshConfig>;
  /** The pods that measurements create. */
  probes: { image: string };
  charts: ChartsConfig;
  evidence: EvidenceConfig;
  results: ResultsConfig;
  gateway: GatewayConfig;
  /** Absent where no metrics are served. */
  metrics?: MetricsConfig;
  log: { level: LogLevel };
}

export interface TemporalConfig {
  /** `host:port` of the frontend. */
  address: string;
  namespace: string;
  /** The Temporal UI's address without a trailing slash, for links. */
  ui?: string;
  tls?: TlsFiles;
  apiKey?: SecretReference;
  encryption?: EncryptionConfig;
}

/** What payloads are encrypted with before they leave a process; `activeKey` is the id of one of the keys. */
export interface EncryptionConfig {
  activeKey: string;
  keys: { id: string; key: SecretReference }[];
}

/** Files for TLS, absolute. Without `ca` the system's authorities are trusted. */
export interface TlsFiles {
  ca?: string;
  /** The client's certificate and key: both or neither. */
  certificate?: string;
  key?: string;
}

/** Where a secret is kept; `Secrets` reads it at the moment of use. */
export type SecretReference = EnvironmentReference | FileReference | KubernetesSecretReference;

export interface EnvironmentReference {
  env: string;
}

export interface FileReference {
  /** Absolute. */
  file: string;
}

export interface KubernetesSecretReference {
  kubernetesSecret: KubernetesSecretKey;
}

/** One key of a Kubernetes Secret. */
export interface KubernetesSecretKey {
  /** The name of the target that holds it; the cluster that the process runs in when absent. */
  target?: string;
  namespace: string;
  name: string;
  key: string;
}

/** How a repository is reached: `file` is this machine (a path or a `file://` URL). */
export type RepositoryTransport = 'https' | 'http' | 'ssh' | 'file';

export interface RepositoryConfig {
  name: string;
  /** As written: `https://`, `ssh://`, `user@host:path`, `file://` or an absolute path; never with a password. */
  url: string;
  transport: RepositoryTransport;
  /** The remote's HEAD when absent. */
  branch?: string;
  /** The folder of the patterns, relative to the repository's root. */
  directory: string;
  /** How often the branch is looked at. */
  intervalMs: number;
  /** Whether a branch is pushed that takes a commit back whose rollout was rolled back. */
  offerReverts: boolean;
  credentials?: RepositoryCredentials;
  signatures?: SignaturesConfig;
  /** The forge that it lies on, and what it is called there; absent where it has none. */
  forge?: { name: string; project: string };
  /** Names of the chats that are told of its rollouts. */
  chats: string[];
  /** The policy file, relative to the repository's root. */
  approvals: string;
  webhook?: WebhookConfig;
}

/** What a repository is read with: a name and a password or token over HTTPS, or a key over SSH. */
export type RepositoryCredentials = PasswordCredentials | SshCredentials;

export interface PasswordCredentials {
  kind: 'password';
  username?: SecretReference;
  password: SecretReference;
}

export interface SshCredentials {
  kind: 'ssh';
  /** Absolute paths. */
  sshKeyFile: string;
  knownHostsFile: string;
}

/** Whose commits are believed. With `required`, a commit without a good signature of a listed key is refused. */
export interface SignaturesConfig {
  required: boolean;
  /** An OpenSSH allowed-signers file, as ssh-keygen(1) describes it; absolute. */
  allowedSignersFile?: string;
  /** A file of exported OpenPGP public keys; absolute. */
  gpgKeyringFile?: string;
}

export type WebhookProvider = 'github' | 'gitlab' | 'gitea' | 'generic';

export interface WebhookConfig {
  provider: WebhookProvider;
  secret: SecretReference;
}

/** A cluster by name: a context of a kubeconfig, or the cluster the process runs in. */
export type TargetConfig = KubeconfigTarget | InClusterTarget;

/** What every target has, however it is reached. */
interface TargetSettings {
  name: string;
  /** How long an image may fail to be pulled until its stage has failed, in milliseconds; a minute when absent. */
  imagePatienceMs?: number;
}

export interface KubeconfigTarget extends TargetSettings {
  kind: 'kubeconfig';
  /** Absolute. */
  kubeconfig: string;
  /** The kubeconfig's current context when absent. */
  context?: string;
}

export interface InClusterTarget extends TargetSettings {
  kind: 'in-cluster';
}

export interface MeshConfig {
  charts?: MeshCharts;
}

export interface MeshCharts {
  /** The public repository of the mesh's plugin when absent. */
  source?: ChartSource;
  /** The digests that charts must have, by `<chart>-<version>`; other charts are the ones that were used first. */
  digests: Readonly<Record<string, Digest>>;
}

/** Where a mesh's charts come from, instead of its plugin's public repository. */
export type ChartSource =
  | { kind: 'repository'; repository: string }
  | { kind: 'oci'; oci: string }
  | { kind: 'directory'; directory: string };

export interface ChartsConfig {
  /** The `helm` program: a name looked up on the PATH, or an absolute path. */
  helm: string;
  /** The folder of pulled charts and rendered manifests; absolute. */
  cache: string;
}

export interface EvidenceConfig {
  /** Absolute. */
  directory: string;
}

/** Where baselines are kept: a file, or a PostgreSQL database. */
export type ResultsConfig = SqliteResults | PostgresResults;

export interface SqliteResults {
  /** Absolute. */
  sqlite: string;
}

export interface PostgresResults {
  postgres: {
    /** `postgres://user:password@host:port/database`. */
    url: SecretReference;
    /** Connections that leave this machine use TLS without it, too. */
    tls?: TlsFiles;
  };
}

export type ForgeType = 'github' | 'gitlab' | 'gitea';

/** A forge: where repositories have their pull requests. */
export interface ForgeConfig {
  /** The `service` of its accounts. */
  name: string;
  type: ForgeType;
  /** Without a slash at the end. */
  url: string;
  credentials: ForgeCredentials;
  /** What it signs its webhooks with. */
  webhookSecret: SecretReference;
}

/** A token, or a GitHub app, which gets itself tokens. */
export type ForgeCredentials =
  | { kind: 'token'; token: SecretReference }
  | { kind: 'app'; app: string; installation?: string; privateKey: SecretReference };

export type ChatType = 'slack' | 'mattermost' | 'webhook';

/** One channel of a chat. */
export interface ChatConfig {
  /** The `service` of its accounts. */
  name: string;
  type: ChatType;
  /** Without a slash at the end; absent where the service has one address for everybody. */
  url?: string;
  /** The service's id of the channel. */
  channel: string;
  token?: SecretReference;
  /** What interactions are checked with. */
  secret: SecretReference;
  /** What interactions are asked for with, over a connection that goes out. */
  appToken?: SecretReference;
}

export interface GatewayConfig {
  /** Where webhooks, interactions and the API are received. */
  listen: { host: string; port: number };
  /** Where it is reached from outside, without a slash at the end. */
  url?: string;
  tokens: { name: string; token: SecretReference }[];
  oidc?: OidcConfig;
}

/** Whose tokens are believed, and the claim that says who somebody is. */
export interface OidcConfig {
  issuer: string;
  audience: string;
  claim: string;
}

/** Where Prometheus finds the metrics of the process, each address with the path `/metrics`. */
export interface MetricsConfig {
  listen: { host: string; port: number };
  /** Where Temporal's SDK serves its own; it does not when absent. */
  temporal?: { host: string; port: number };
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';
