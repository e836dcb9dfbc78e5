export type { Credentials, PasswordCredentials, SshCredentials } from './credentials.ts';
export type { RepositoryOptions } from './fetching.ts';
export type { Merged } from './merging.ts';
export type { Published } from './publishing.ts';
export { openRepository, type Repository } from './repository.ts';
export type { Reverted, RevertOptions } from './reverting.ts';
export type { SignaturePolicy, VerifiedSignature } from './signature.ts';
export type { Tip } from './tip.ts';
export type { CommitTree } from './tree.ts';
