export type { Credentials, PasswordCredentials, SshCredentials } from './credentials.ts';
export { openRepository, type Repository, type RepositoryOptions } from './repository.ts';
export type { SignaturePolicy, VerifiedSignature } from './signature.ts';
export type { Tip } from './tip.ts';
export type { CommitTree } from './tree.ts';
