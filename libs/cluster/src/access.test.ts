import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Access } from './access.ts';
import { kubeconfigText } from './test-support/fake-api.ts';

async function fileWith(text: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'access-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const path = join(directory, 'kubeconfig');
  await writeFile(path, text);
  return path;
}

describe('Access', () => {
  it('sends the token of the kubeconfig, and whom to be', async () => {
    const kubeconfig = await fileWith(kubeconfigText('https://127.0.0.1:6443'));
    const access = new Access({ name: 'c', kubeconfig, impersonate: { user: 'jo', groups: ['a', 'b'] } });
    expect((await access.credentials()).headers).toEqual({
      authorization: 'Bearer sesame',
      'impersonate-user': 'jo',
      'impersonate-group': ['a', 'b'],
    });
  });

  it('reads the kubeconfig again when the credentials are renewed', async () => {
    const kubeconfig = await fileWith(kubeconfigText('https://127.0.0.1:6443'));
    const access = new Access({ name: 'c', kubeconfig });
    const first = await access.credentials();
    await writeFile(kubeconfig, kubeconfigText('https://127.0.0.1:6443').replace('sesame', 'poppy'));
    expect(await access.credentials()).toBe(first);
    await access.renew(first);
    const second = await access.credentials();
    expect(second.headers).toEqual({ authorization: 'Bearer poppy' });
    await access.renew(first);
    expect(await access.credentials()).toBe(second);
  });

  it.each([
    [
      'TLS that is not verified',
      kubeconfigText('https://1.2.3.4', { 'insecure-skip-tls-verify': true }),
      'insecure',
    ],
    ['plain HTTP to another machine', kubeconfigText('http://1.2.3.4'), 'not https'],
    ['a file that is no kubeconfig', '{ sesame', 'not a valid kubeconfig'],
  ])('refuses %s', async (_title, text, reason) => {
    const kubeconfig = await fileWith(text);
    expect(() => new Access({ name: 'c', kubeconfig })).toThrow(
      expect.objectContaining({
        code: 'INVALID_CONFIGURATION',
        message: expect.stringContaining(reason) as string,
      }) as Error,
    );
  });

  it('names the contexts there are when the wanted one is not', async () => {
    const kubeconfig = await fileWith(kubeconfigText('https://127.0.0.1:6443'));
    expect(() => new Access({ name: 'c', kubeconfig, context: 'y' })).toThrow(
      '"y" names no cluster; it has the contexts x',
    );
  });

  it('asks a credential plugin, without a shell', async () => {
    const config = JSON.parse(kubeconfigText('https://127.0.0.1:6443')) as { users: unknown[] };
    const credential = {
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status: { token: '$HOME' },
    };
    const args = ['-e', `console.log(${JSON.stringify(JSON.stringify(credential))})`];
    config.users = [
      { name: 'u', user: { exec: { apiVersion: credential.apiVersion, command: process.execPath, args } } },
    ];
    const access = new Access({ name: 'c', kubeconfig: await fileWith(JSON.stringify(config)) });
    expect((await access.credentials()).headers).toEqual({ authorization: 'Bearer $HOME' });
  });

  it('repeats nothing that a failing credential plugin says', async () => {
    const config = JSON.parse(kubeconfigText('https://127.0.0.1:6443')) as { users: unknown[] };
    const command = join(tmpdir(), 'no-such-plugin');
    config.users = [
      { name: 'u', user: { exec: { apiVersion: 'client.authentication.k8s.io/v1', command } } },
    ];
    const access = new Access({ name: 'c', kubeconfig: await fileWith(JSON.stringify(config)) });
    await expect(access.credentials()).rejects.toMatchObject({
      code: 'CLUSTER_UNAUTHORIZED',
      message: `The credential plugin "${command}" for the cluster "c" could not be obtained.`,
    });
  });
});
