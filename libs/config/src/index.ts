export { environmentOverrides } from './environment.ts';
export { loadConfig, parseConfig, type LoadConfigOptions, type ParsedConfig } from './load.ts';
export { configJsonSchema, configReference } from './reference.ts';
export { resolveCredentials, type ResolvedCredentials, resolveSecret } from './secrets.ts';
export type {
  ChartsConfig,
  ChartSource,
  Config,
  EnvironmentReference,
  EvidenceConfig,
  FileReference,
  InClusterTarget,
  KubeconfigTarget,
  LogLevel,
  MeshConfig,
  PasswordCredentials,
  RepositoryConfig,
  RepositoryCredentials,
  RepositoryTransport,
  SecretReference,
  SignaturesConfig,
  SshCredentials,
  TargetConfig,
  TemporalConfig,
  TemporalTls,
  WebhookConfig,
  WebhookProvider,
  WebhooksConfig,
} from './types.ts';
