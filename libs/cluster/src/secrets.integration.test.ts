import { randomUUID } from 'node:crypto';
import { type KubernetesObject } from '@meshwright/model';
import { expect, it, onTestFinished, vi } from 'vitest';
import { applyObjects } from './apply.ts';
import { openInventory } from './inventory.ts';
import { type ClusterSecrets, openClusterSecrets } from './secrets.ts';
import { namespaceObject, testClient, testKubeconfig, uniqueName } from './test-support/testbed.ts';

function secretObject(namespace: string, token: string): KubernetesObject {
  const data = { token: Buffer.from(token).toString('base64') };
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'git', namespace }, data };
}

function open(): ClusterSecrets {
  const secrets = openClusterSecrets([{ name: 'local', kubeconfig: testKubeconfig() }]);
  onTestFinished(() => secrets.close());
  return secrets;
}

it('reads a key, and soon after it was renewed its new value', async () => {
  const namespace = uniqueName('secrets');
  const client = testClient();
  const inventory = openInventory(client, { pattern: namespace });
  const [old, renewed] = [randomUUID(), randomUUID()];
  await applyObjects(client, [namespaceObject(namespace), secretObject(namespace, old)], { inventory });
  const secrets = open();
  const key = { target: 'local', namespace, name: 'git', key: 'token' };
  const text = async (): Promise<string> => Buffer.from((await secrets.read(key)) ?? []).toString();
  expect(await text()).toBe(old);
  await applyObjects(client, [namespaceObject(namespace), secretObject(namespace, renewed)], { inventory });
  const now = performance.now();
  vi.spyOn(performance, 'now').mockReturnValue(now + 9_000);
  expect(await text()).toBe(old);
  vi.spyOn(performance, 'now').mockReturnValue(now + 11_000);
  expect(await text()).toBe(renewed);
  vi.restoreAllMocks();
});

it('gives nothing where there is no such Secret or key', async () => {
  const secrets = open();
  const key = { target: 'local', namespace: 'kube-system', name: 'nothing-of-the-kind', key: 'token' };
  expect(await secrets.read(key)).toBeUndefined();
});

it('says that no target has the name, and that the process runs in no cluster', async () => {
  const secrets = open();
  const key = { namespace: 'a', name: 'b', key: 'c' };
  await expect(secrets.read({ ...key, target: 'other' })).rejects.toMatchObject({
    code: 'INVALID_CONFIGURATION',
    message: expect.stringContaining('"other"') as string,
  });
  await expect(secrets.read(key)).rejects.toMatchObject({ code: 'INVALID_CONFIGURATION' });
});
