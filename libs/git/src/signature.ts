import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MeshwrightError, messageOf } from '@meshwright/model';
import { withConfiguration } from './environment.ts';
import type { Mirror } from './mirror.ts';
import { runGit } from './plumbing.ts';

/** Whose signatures are believed; absolute paths. A kind of signature without its file is refused. */
export interface SignaturePolicy {
  /** An OpenSSH allowed-signers file (ssh-keygen(1), ALLOWED SIGNERS). */
  allowedSignersFile?: string;
  /** SSH keys that are no longer believed, a key-revocation list or one public key a line. */
  revokedKeysFile?: string;
  /** Exported OpenPGP public keys, armoured or not; every key in it is believed. */
  gpgKeyringFile?: string;
}

/** A good signature. */
export interface VerifiedSignature {
  /** The principal of the SSH key, or the user id of the OpenPGP key. */
  signer: string;
  /** The key's fingerprint. */
  key: string;
}

const timeoutMs = 30_000;
const run = promisify(execFile);

/** What git-log(1) prints for `%G?`. */
const reasons: Record<string, string> = {
  B: 'its signature is bad',
  U: 'its key is not among the believed ones',
  X: 'its signature has expired',
  Y: 'its key has expired',
  R: 'its key is revoked',
  E: 'its key is not among the believed ones',
  N: 'it is not signed, or by a key that is not among the believed ones',
};

/** Nothing is fetched from key servers, no agent is started, and every key that was put in is believed. */
const gpgSettings = [
  'trust-model always',
  'no-auto-key-retrieve',
  'no-auto-key-import',
  'disable-dirmngr',
  'no-autostart',
];

/**
 * Checks the signature of one commit; those of its ancestors are not looked at.
 * An SSH key's validity is judged at the commit's own date, which its author writes: put keys that may have been
 * stolen among the revoked ones.
 * @throws MeshwrightError SIGNATURE_REFUSED with the reason for everything but a good signature of a believed key.
 */
export async function verifyCommit(
  mirror: Mirror,
  commit: string,
  policy: SignaturePolicy,
): Promise<VerifiedSignature> {
  const home = await mkdtemp(join(tmpdir(), 'meshwright-gpg-'));
  try {
    await importKeys(home, policy.gpgKeyringFile, mirror.environment.PATH);
    return await verifyWith(home, mirror, commit, policy);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

async function verifyWith(
  home: string,
  mirror: Mirror,
  commit: string,
  policy: SignaturePolicy,
): Promise<VerifiedSignature> {
  const { allowedSignersFile = '/dev/null', revokedKeysFile } = policy;
  const environment = withConfiguration({ ...mirror.environment, GNUPGHOME: home }, [
    ['gpg.ssh.allowedSignersFile', allowedSignersFile],
    ...(revokedKeysFile === undefined
      ? []
      : [['gpg.ssh.revocationFile', revokedKeysFile] as [string, string]]),
    ['gpg.minTrustLevel', 'fully'],
  ]);
  const options = { environment, directory: mirror.directory, timeoutMs };
  const check = await runGit(['verify-commit', '--raw', commit], options);
  const format = ['%G?', '%GS', '%GF'].join('%x00');
  const said = await runGit(['log', '-1', `--format=${format}`, '--end-of-options', commit], options);
  const [verdict = 'N', signer = '', key = ''] = said.stdout.toString('utf8').trimEnd().split('\0');
  if (check.code === 0 && verdict === 'G' && key !== '') return { signer, key };
  throw refused(
    commit,
    verdict === 'G' ? 'its key is not believed' : (reasons[verdict] ?? 'it cannot be checked'),
  );
}

async function importKeys(home: string, keyring: string | undefined, path = ''): Promise<void> {
  await writeFile(join(home, 'gpg.conf'), `${gpgSettings.join('\n')}\n`, { mode: 0o600 });
  if (keyring === undefined) return;
  try {
    await run('gpg', ['--homedir', home, '--batch', '--quiet', '--import', '--', keyring], {
      env: { PATH: path, HOME: home, LC_ALL: 'C' },
      timeout: timeoutMs,
    });
  } catch (error) {
    throw new MeshwrightError(
      'SIGNATURE_REFUSED',
      `The keyring ${keyring} cannot be read, so no signature can be checked: ${firstLine(messageOf(error))}`,
      { remedy: 'Install gpg, and give a file made by `gpg --export`.' },
    );
  }
}

function firstLine(text: string): string {
  return text.split('\n').slice(0, 2).join(' ').slice(0, 300);
}

function refused(commit: string, why: string): MeshwrightError {
  return new MeshwrightError('SIGNATURE_REFUSED', `Commit ${commit.slice(0, 12)} is refused: ${why}.`, {
    where: commit,
    remedy: 'Sign it with a key of the configured allowed signers or keyring, and push again.',
  });
}
