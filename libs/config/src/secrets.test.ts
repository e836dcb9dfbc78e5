import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSecrets, type SecretSources } from './secrets.ts';
import type { KubernetesSecretKey, SecretReference } from './types.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'meshwright-secrets-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function resolveSecret(reference: SecretReference, sources: SecretSources = {}): Promise<string> {
  return openSecrets(sources).read(reference);
}

async function secretFile(name: string, content: string | Uint8Array): Promise<{ file: string }> {
  const file = join(folder, name);
  await writeFile(file, content);
  return { file };
}

it('reads a variable or a file, without the line break at its end', async () => {
  expect(await resolveSecret({ env: 'TOKEN' }, { environment: { TOKEN: 'hunter2' } })).toBe('hunter2');
  expect(await resolveSecret(await secretFile('lf', 'hunter2\n'))).toBe('hunter2');
  expect(await resolveSecret(await secretFile('crlf', 'hunter2\r\n'))).toBe('hunter2');
  expect(await resolveSecret(await secretFile('inner', ' a\nb \n\n'))).toBe(' a\nb \n');
});

it('reads what is there at the moment', async () => {
  const reference = await secretFile('rotated', 'old');
  expect(await resolveSecret(reference)).toBe('old');
  await secretFile('rotated', 'new');
  expect(await resolveSecret(reference)).toBe('new');
});

it.each([
  ['an unset variable', () => Promise.resolve({ env: 'NOPE' }), 'NOPE'],
  ['an empty variable', () => Promise.resolve({ env: 'EMPTY' }), 'EMPTY'],
  ['a file that is not there', () => Promise.resolve({ file: join(folder, 'gone') }), 'gone'],
  ['a folder', () => Promise.resolve({ file: folder }), 'regular file'],
  ['a device that never ends', () => Promise.resolve({ file: '/dev/zero' }), 'regular file'],
  ['an empty file', () => secretFile('empty', '\n'), 'empty'],
  ['a file that is too long', () => secretFile('long', 'hunter2'.repeat(20_000)), '64 KiB'],
  ['a file that is no text', () => secretFile('binary', Buffer.from([0xff, 0x68])), 'UTF-8'],
  ['a file with a NUL', () => secretFile('nul', 'hunter2\0x'), 'NUL'],
])('refuses %s, saying where and not what', async (_, make, said) => {
  const error: unknown = await resolveSecret(await make(), { environment: { EMPTY: '' } }).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({
    code: 'INVALID_CONFIGURATION',
    message: expect.stringContaining(said) as string,
  });
  expect(JSON.stringify(error) + String(error)).not.toContain('hunter2');
});

const secret: KubernetesSecretKey = { target: 'local', namespace: 'mesh', name: 'git', key: 'token' };

function holding(value: string | Uint8Array | undefined): SecretSources {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  return { kubernetes: { read: (asked) => Promise.resolve(asked === secret ? bytes : undefined) } };
}

it('reads a key of a Kubernetes Secret like a file', async () => {
  expect(await resolveSecret({ kubernetesSecret: secret }, holding('hunter2\n'))).toBe('hunter2');
});

it.each([
  ['no such Secret or key', holding(undefined), 'Key token of Secret mesh/git in target local is not there'],
  ['one that is empty', holding('\n'), 'empty'],
  ['one that is no text', holding(Buffer.from([0xff, 0x68])), 'UTF-8'],
  ['one that is too long', holding('hunter2'.repeat(20_000)), '64 KiB'],
  ['one where nobody can read clusters', {}, 'cannot be read by this process'],
])('refuses %s in Kubernetes, saying where and not what', async (_, sources, said) => {
  const error: unknown = await resolveSecret({ kubernetesSecret: secret }, sources).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({
    code: 'INVALID_CONFIGURATION',
    message: expect.stringContaining(said) as string,
  });
  expect(JSON.stringify(error) + String(error)).not.toContain('hunter2');
});

it('passes on that a cluster does not answer', async () => {
  const away = new Error('away');
  const sources = { kubernetes: { read: () => Promise.reject(away) } };
  await expect(resolveSecret({ kubernetesSecret: secret }, sources)).rejects.toBe(away);
});

it('gives what Temporal is spoken to with: keys read now, the API key whenever it is asked for', async () => {
  const environment = { KEY: 'k1', API: 'old' };
  const temporal = await openSecrets({ environment }).temporal({
    address: 'a:1',
    namespace: 'n',
    ui: 'https://ui',
    apiKey: { env: 'API' },
    encryption: { activeKey: 'one', keys: [{ id: 'one', key: { env: 'KEY' } }] },
  });
  environment.API = 'new';
  expect(await temporal.apiKey?.()).toBe('new');
  expect(temporal).toMatchObject({
    address: 'a:1',
    namespace: 'n',
    encryption: { activeKey: 'one', keys: [{ id: 'one', key: 'k1' }] },
  });
  expect(await openSecrets().temporal({ address: 'a:1', namespace: 'n' })).toEqual({
    address: 'a:1',
    namespace: 'n',
  });
});

it('gives where results are kept, with the address of a database', async () => {
  const secrets = openSecrets({ environment: { DB: 'postgres://u:p@h/db' } });
  expect(await secrets.results({ sqlite: '/var/r.db' })).toEqual({ sqlite: '/var/r.db' });
  const tls = { ca: '/etc/ca.pem' };
  expect(await secrets.results({ postgres: { url: { env: 'DB' }, tls } })).toEqual({
    postgres: { url: 'postgres://u:p@h/db', tls },
  });
});
