import { open } from 'node:fs/promises';
import { MeshwrightError, messageOf } from '@meshwright/model';
import type { RepositoryCredentials, SecretReference } from './types.ts';

const longestSecret = 64 * 1024;

/**
 * The secret that a reference names, read now; a trailing line break is taken off. Nothing of it is in any error.
 * @throws MeshwrightError INVALID_CONFIGURATION when it is not there, empty, longer than 64 KiB, or no text.
 */
export async function resolveSecret(
  reference: SecretReference,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<string> {
  if ('env' in reference) {
    const where = `The environment variable ${reference.env}`;
    const value = environment[reference.env];
    if (value === undefined) throw refused(`${where}, which the configuration names, is not set.`, 'Set it.');
    return trimmed(value, where);
  }
  return trimmed(await readBounded(reference.file), `The secret file ${reference.file}`);
}

/** What a repository is read with, its secrets read now. */
export type ResolvedCredentials =
  | { kind: 'password'; username?: string; password: string }
  | { kind: 'ssh'; privateKeyFile: string; knownHostsFile: string };

/**
 * The credentials with their secrets. Call it at each use, so that a token renewed in its file is taken up.
 * @throws MeshwrightError INVALID_CONFIGURATION like {@link resolveSecret}.
 */
export async function resolveCredentials(
  credentials: RepositoryCredentials,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<ResolvedCredentials> {
  if (credentials.kind === 'ssh') {
    const { sshKeyFile, knownHostsFile } = credentials;
    return { kind: 'ssh', privateKeyFile: sshKeyFile, knownHostsFile };
  }
  const { username, password } = credentials;
  return {
    kind: 'password',
    ...(username === undefined ? {} : { username: await resolveSecret(username, environment) }),
    password: await resolveSecret(password, environment),
  };
}

async function readBounded(path: string): Promise<string> {
  let bytes: Buffer;
  try {
    await using file = await open(path, 'r');
    const stat = await file.stat();
    if (!stat.isFile()) throw refused(`The secret file ${path} is no regular file.`, 'Name a file.');
    const buffer = Buffer.alloc(longestSecret + 1);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    bytes = buffer.subarray(0, bytesRead);
  } catch (error) {
    if (error instanceof MeshwrightError) throw error;
    throw refused(
      `The secret file ${path} cannot be read: ${messageOf(error)}.`,
      'Create it, or give this user the right to read it.',
    );
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refused(`The secret file ${path} is not UTF-8 text.`, 'Save the secret as text.');
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
