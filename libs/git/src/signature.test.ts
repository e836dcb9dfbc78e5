import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openRepository } from './repository.ts';
import type { SignaturePolicy } from './signature.ts';
import { createWorkbench, type Workbench } from './test-support/index.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

let bench: Workbench;
let gpgHome: string;

beforeAll(async () => {
  bench = await createWorkbench();
  for (const name of ['ada', 'eve']) {
    execFileSync('ssh-keygen', [
      '-q',
      '-t',
      'ed25519',
      '-N',
      '',
      '-C',
      name,
      '-f',
      join(bench.directory, name),
    ]);
  }
  gpgHome = join(bench.directory, 'gpg');
  mkdirSync(gpgHome, { mode: 0o700 });
  for (const [name, expiry] of [
    ['ada', '0'],
    ['eve', '0'],
    ['old', 'seconds=86400'],
  ] as const) {
    const user = `${name} <${name}@example.com>`;
    const backdated = name === 'old' ? ['--faked-system-time', '20200101T000000'] : [];
    gpg(...backdated, '--passphrase', '', '--quick-generate-key', user, 'ed25519', 'sign', expiry);
  }
});
afterAll(async () => {
  execFileSync('gpgconf', ['--homedir', gpgHome, '--kill', 'all']);
  await bench.dispose();
});

function gpg(...argv: string[]): string {
  return execFileSync(
    'gpg',
    ['--homedir', gpgHome, '--batch', '--yes', '--pinentry-mode', 'loopback', ...argv],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
}

async function sshSigned(key: string, ...options: string[]): Promise<string> {
  return bench.commit(`signed by ${key}`, `--gpg-sign=${join(bench.directory, key)}`, ...options);
}

async function withGit<T>(settings: [string, string][], work: () => Promise<T>): Promise<T> {
  for (const [key, value] of settings) await bench.git('config', key, value);
  try {
    return await work();
  } finally {
    for (const [key] of settings) await bench.git('config', '--unset', key);
  }
}

async function commitWithSsh(key: string): Promise<string> {
  return withGit([['gpg.format', 'ssh']], () => sshSigned(key));
}

async function commitWithGpg(user: string, time?: string): Promise<string> {
  const program = join(bench.directory, `gpg-${user}`);
  const options = time === undefined ? '' : `--faked-system-time ${time}`;
  await writeFile(program, `#!/bin/sh\nexec gpg --homedir ${gpgHome} ${options} "$@"\n`, { mode: 0o755 });
  return withGit([['gpg.program', program]], () =>
    bench.commit(`signed by ${user}`, `--gpg-sign=${user}@example.com`),
  );
}

async function allowedSigners(...lines: string[]): Promise<string> {
  const file = join(bench.directory, `allowed-${lines.length}-${Math.abs(hash(lines.join()))}`);
  await writeFile(file, `${lines.join('\n')}\n`);
  return file;
}

function hash(text: string): number {
  return Array.from(text).reduce((sum, character) => (sum * 31 + (character.codePointAt(0) ?? 0)) | 0, 7);
}

async function publicKey(name: string): Promise<string> {
  return (await readFile(join(bench.directory, `${name}.pub`), 'utf8')).trim();
}

async function keyring(...users: string[]): Promise<string> {
  const file = join(bench.directory, `keyring-${users.join('-')}`);
  await writeFile(file, gpg('--armor', '--export', ...users.map((user) => `${user}@example.com`)));
  return file;
}

async function verify(commit: string, signatures: SignaturePolicy): Promise<unknown> {
  await bench.push();
  const repository = openRepository({
    name: 'patterns',
    url: bench.origin,
    signatures,
    mirrorDirectory: join(bench.directory, 'mirror'),
  });
  await repository.fetch(commit);
  return repository.verifySignature(commit);
}

function refusedBecause(why: string): unknown {
  return expect.objectContaining({
    code: 'SIGNATURE_REFUSED',
    message: expect.stringContaining(why) as string,
  });
}

describe('a commit signed with SSH', () => {
  it('is believed when its key is allowed', async () => {
    const allowedSignersFile = await allowedSigners(`ada@example.com ${await publicKey('ada')}`);
    expect(await verify(await commitWithSsh('ada'), { allowedSignersFile })).toEqual({
      signer: 'ada@example.com',
      key: expect.stringMatching(/^SHA256:/) as string,
    });
  });

  it('is refused when its key is not allowed, or nobody is', async () => {
    const allowedSignersFile = await allowedSigners(`ada@example.com ${await publicKey('ada')}`);
    const commit = await commitWithSsh('eve');
    await expect(verify(commit, { allowedSignersFile })).rejects.toEqual(
      refusedBecause('not among the believed'),
    );
    await expect(verify(commit, {})).rejects.toEqual(refusedBecause(''));
    await expect(verify(commit, { allowedSignersFile: '/nowhere' })).rejects.toEqual(refusedBecause(''));
  });

  it('is refused when its key is for something else, or was no longer valid', async () => {
    const key = await publicKey('ada');
    const commit = await commitWithSsh('ada');
    for (const options of ['namespaces="file"', 'valid-before="20200101"', 'valid-after="20990101"']) {
      const allowedSignersFile = await allowedSigners(`ada@example.com ${options} ${key}`);
      await expect(verify(commit, { allowedSignersFile }), options).rejects.toEqual(refusedBecause(''));
    }
  });

  it('is refused when its key is revoked', async () => {
    const allowedSignersFile = await allowedSigners(`ada@example.com ${await publicKey('ada')}`);
    const revokedKeysFile = join(bench.directory, 'revoked');
    await writeFile(revokedKeysFile, `${await publicKey('ada')}\n`);
    const commit = await commitWithSsh('ada');
    await expect(verify(commit, { allowedSignersFile, revokedKeysFile })).rejects.toEqual(refusedBecause(''));
  });

  it('is refused when the commit was changed after it was signed', async () => {
    const allowedSignersFile = await allowedSigners(`ada@example.com ${await publicKey('ada')}`);
    await commitWithSsh('ada');
    const signed = await bench.git('cat-file', 'commit', 'HEAD');
    const commit = await bench.object('commit', `${signed.replace('signed by ada', 'signed by eve')}\n`);
    await bench.gitOrigin('update-ref', 'refs/heads/forged', commit);
    await expect(verify(commit, { allowedSignersFile })).rejects.toEqual(refusedBecause('bad'));
  });
});

describe('a commit signed with OpenPGP', () => {
  it('is believed when its key is in the keyring', async () => {
    const gpgKeyringFile = await keyring('ada');
    expect(await verify(await commitWithGpg('ada'), { gpgKeyringFile })).toEqual({
      signer: 'ada <ada@example.com>',
      key: expect.stringMatching(/^[0-9A-F]{40}$/) as string,
    });
  });

  it('is refused when its key is not in the keyring, or there is none', async () => {
    const commit = await commitWithGpg('eve');
    await expect(verify(commit, { gpgKeyringFile: await keyring('ada') })).rejects.toEqual(
      refusedBecause('not among the believed'),
    );
    await expect(verify(commit, {})).rejects.toEqual(refusedBecause(''));
    await expect(verify(commit, { gpgKeyringFile: '/nowhere' })).rejects.toEqual(refusedBecause('/nowhere'));
  });

  it('is refused when its key has expired', async () => {
    const commit = await commitWithGpg('old', '20200101T010000');
    await expect(verify(commit, { gpgKeyringFile: await keyring('old') })).rejects.toEqual(
      refusedBecause('expired'),
    );
  });

  it('is refused when its key is revoked', async () => {
    const commit = await commitWithGpg('eve');
    const fingerprint = /^fpr:+([0-9A-F]{40}):/m.exec(
      gpg('--with-colons', '--list-keys', 'eve@example.com'),
    )?.[1];
    const certificate = join(gpgHome, 'openpgp-revocs.d', `${fingerprint}.rev`);
    const armoured = (await readFile(certificate, 'utf8')).replace(':-----BEGIN', '-----BEGIN');
    const ready = join(bench.directory, 'eve.rev');
    await writeFile(ready, armoured.slice(armoured.indexOf('-----BEGIN')));
    gpg('--import', ready);
    await expect(verify(commit, { gpgKeyringFile: await keyring('eve') })).rejects.toEqual(
      refusedBecause('revoked'),
    );
  });
});

describe('a commit without a signature', () => {
  it('is refused, also when its parent is signed', async () => {
    const allowedSignersFile = await allowedSigners(`ada@example.com ${await publicKey('ada')}`);
    await commitWithSsh('ada');
    const commit = await bench.commit('unsigned');
    await expect(
      verify(commit, { allowedSignersFile, gpgKeyringFile: await keyring('ada') }),
    ).rejects.toEqual(refusedBecause('not signed'));
  });
});
