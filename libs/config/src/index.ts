export { environmentOverrides } from './environment.ts';
export { loadConfig, parseConfig, type LoadConfigOptions, type ParsedConfig } from './load.ts';
export { configJsonSchema, configReference } from './reference.ts';
export {
  type KubernetesSecrets,
  openSecrets,
  type ResolvedCredentials,
  type ResolvedResults,
  type ResolvedTemporal,
  type Secrets,
  type SecretSources,
} from './secrets.ts';
export { connectionOf, type TargetConnection } from './targets.ts';
export type {
  ChartsConfig,
  ChartSource,
  Config,
  EncryptionConfig,
  EnvironmentReference,
  EvidenceConfig,
  FileReference,
  InClusterTarget,
  KubeconfigTarget,
  KubernetesSecretKey,
  KubernetesSecretReference,
  LogLevel,
  MeshConfig,
  PasswordCredentials,
  PostgresResults,
  RepositoryConfig,
  RepositoryCredentials,
  RepositoryTransport,
  ResultsConfig,
  SecretReference,
  SignaturesConfig,
  SqliteResults,
  SshCredentials,
  TargetConfig,
  TemporalConfig,
  TlsFiles,
  WebhookConfig,
  WebhookProvider,
  WebhooksConfig,
} from './types.ts';
