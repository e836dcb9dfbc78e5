import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { statedIdentity } from './identity.ts';

it('takes --as before anything else, and says so', async () => {
  expect(await statedIdentity('ada@example.org', '/')).toEqual({
    identity: 'ada@example.org',
    source: '--as',
  });
});

it('takes the e-mail address of the Git configuration', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'meshwright-identity-'));
  execFileSync('git', ['init', '--quiet', directory]);
  execFileSync('git', ['-C', directory, 'config', 'user.email', 'grace@example.org']);
  expect(await statedIdentity(undefined, directory)).toEqual({
    identity: 'grace@example.org',
    source: "Git's user.email",
  });
  await rm(directory, { recursive: true });
});

it.each(['', ' ', 'a\nb', '\u202eada', 'x'.repeat(300)])('refuses %j', async (name) => {
  await expect(statedIdentity(name, '/')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
});
