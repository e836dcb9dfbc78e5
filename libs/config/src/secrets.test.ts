import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { resolveSecret } from './secrets.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'meshwright-secrets-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function secretFile(name: string, content: string | Uint8Array): Promise<{ file: string }> {
  const file = join(folder, name);
  await writeFile(file, content);
  return { file };
}

it('reads a variable or a file, without the line break at its end', async () => {
  expect(await resolveSecret({ env: 'TOKEN' }, { TOKEN: 'hunter2' })).toBe('hunter2');
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
  const error: unknown = await resolveSecret(await make(), { EMPTY: '' }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    code: 'INVALID_CONFIGURATION',
    message: expect.stringContaining(said) as string,
  });
  expect(JSON.stringify(error) + String(error)).not.toContain('hunter2');
});
