import { X509Certificate, createPrivateKey } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { scratchDirectory } from '../test-support/scratch.ts';
import { openAuthority, serviceAccountKeys } from './certificates.ts';

const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';

async function read(path: string): Promise<X509Certificate> {
  return new X509Certificate(await readFile(path));
}

describe('the authority of a testbed', () => {
  it('signs what it issues, for the key that it writes', async () => {
    const authority = await openAuthority(await scratchDirectory());
    const { certificate, key } = await authority.issue('someone', { commonName: 'someone' });
    const root = new X509Certificate(authority.certificate);
    const leaf = await read(certificate);
    expect(root.ca).toBe(true);
    expect(leaf.ca).toBe(false);
    expect(leaf.checkIssued(root) && leaf.verify(root.publicKey)).toBe(true);
    expect(leaf.checkPrivateKey(createPrivateKey(await readFile(key)))).toBe(true);
  });

  it('gives a client its user and groups, and nothing to serve with', async () => {
    const authority = await openAuthority(await scratchDirectory());
    const request = { commonName: 'system:node:one', organizations: ['system:nodes', 'others'] };
    const leaf = await read((await authority.issue('node', request)).certificate);
    expect(leaf.subject.split('\n')).toEqual(['O=system:nodes', 'O=others', 'CN=system:node:one']);
    expect(leaf.keyUsage).toEqual([CLIENT_AUTH]);
    expect(leaf.subjectAltName).toBeUndefined();
  });

  it('gives a server its names and addresses', async () => {
    const authority = await openAuthority(await scratchDirectory());
    const request = {
      commonName: 'api',
      subjectAltNames: ['127.0.0.1', 'kubernetes.default.svc', '10.96.0.1'],
    };
    const leaf = await read((await authority.issue('api', request)).certificate);
    expect(leaf.checkHost('kubernetes.default.svc')).toBe('kubernetes.default.svc');
    expect(leaf.checkHost('elsewhere.example')).toBeUndefined();
    expect(leaf.checkIP('10.96.0.1')).toBe('10.96.0.1');
    expect(leaf.keyUsage).toEqual([CLIENT_AUTH, SERVER_AUTH]);
  });

  it('is the same when it is opened again', async () => {
    const directory = await scratchDirectory();
    const first = await openAuthority(directory);
    const { certificate } = await first.issue('someone', { commonName: 'someone' });
    const second = await openAuthority(directory);
    expect(second.certificate).toBe(first.certificate);
    const leaf = await read((await second.issue('other', { commonName: 'other' })).certificate);
    expect(leaf.verify(new X509Certificate(first.certificate).publicKey)).toBe(true);
    expect((await read(certificate)).serialNumber).not.toBe(leaf.serialNumber);
  });

  it('keeps keys from everybody else', async () => {
    const directory = join(await scratchDirectory(), 'pki');
    const authority = await openAuthority(directory);
    const { key } = await authority.issue('someone', { commonName: 'someone' });
    const { privateKey } = await serviceAccountKeys(directory);
    for (const path of [key, privateKey, authority.files.key])
      expect((await stat(path)).mode & 0o077).toBe(0);
    expect((await stat(directory)).mode & 0o077).toBe(0);
  });
});

describe('the keys of service accounts', () => {
  it('are the same the second time, so that tokens stay valid', async () => {
    const directory = await scratchDirectory();
    const { privateKey } = await serviceAccountKeys(directory);
    const before = await readFile(privateKey, 'utf8');
    await serviceAccountKeys(directory);
    expect(await readFile(privateKey, 'utf8')).toBe(before);
  });
});
