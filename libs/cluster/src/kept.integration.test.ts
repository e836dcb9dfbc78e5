import { keptAnnotation, type KubernetesObject, type NewSecret } from '@meshwright/model';
import { expect, it, onTestFinished } from 'vitest';
import { applyObjects } from './apply.ts';
import type { ClusterClient } from './client.ts';
import { diffObjects } from './dry-run.ts';
import { extractApplied, readApplied } from './extract.ts';
import { openInventory } from './inventory.ts';
import { type KeptSecrets, openKeptSecrets } from './kept.ts';
import { namespaceObject, testClient, uniqueName } from './test-support/testbed.ts';

interface Kept {
  client: ClusterClient;
  pattern: string;
  kept: KeptSecrets;
}

function open(): Kept {
  const client = testClient();
  const pattern = uniqueName('kept');
  const kept = openKeptSecrets(client, pattern);
  onTestFinished(() => kept.removeAll());
  return { client, pattern, kept };
}

function made(pattern: string, value: string): () => Promise<NewSecret> {
  const destination = { namespace: pattern, name: 'issuer' };
  const content = { public: { 'tls.crt': `crt-${value}` }, private: { 'tls.key': `key-${value}` } };
  return () => Promise.resolve({ ...content, destination });
}

function marked(namespace: string, mark: string, name = 'issuer'): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/tls',
    metadata: { name, namespace, annotations: { [keptAnnotation]: mark } },
  };
}

it('makes a Secret once, also when several ask at once', async () => {
  const { pattern, kept } = open();
  const all = await Promise.all(
    ['a', 'b', 'c', 'd'].map((value) => kept.keep('issuer-1', made(pattern, value))),
  );
  expect(new Set(all.map(({ mark }) => mark)).size).toBe(1);
  const later = await kept.keep('issuer-1', () => Promise.reject(new Error('asked again')));
  expect(later).toMatchObject({ mark: all[0]?.mark, public: all[0]?.public, private: all[0]?.private });
});

it('shows in its mark nothing that depends on what is private', async () => {
  const { pattern, kept } = open();
  const one = await kept.keep('one', made(pattern, 'x'));
  const other = await kept.keep('two', () =>
    Promise.resolve({ public: { 'tls.crt': 'crt-x' }, private: { 'tls.key': 'another' } }),
  );
  expect(other.mark.split('@')[1]).toBe(one.mark.split('@')[1]);
});

it('gives the content to the Secret it is for, and compares it as unchanged afterwards', async () => {
  const { client, pattern, kept } = open();
  const { mark } = await kept.keep('issuer-1', made(pattern, 'x'));
  const inventory = openInventory(client, { pattern });
  const planned = [namespaceObject(pattern), marked(pattern, mark)];
  await applyObjects(client, await kept.fill(planned), { inventory });
  const reference = { apiVersion: 'v1', kind: 'Secret', namespace: pattern, name: 'issuer' };
  const live = await client.get(reference);
  expect(live?.data).toEqual({
    'tls.crt': Buffer.from('crt-x').toString('base64'),
    'tls.key': Buffer.from('key-x').toString('base64'),
  });
  const diffs = await diffObjects(client, await kept.fill(planned), { inventory });
  expect(diffs.map(({ change }) => change.change)).toEqual(['unchanged', 'unchanged']);
});

it('puts a Secret back by its mark, and has no content of it in what puts it back', async () => {
  const { client, pattern, kept } = open();
  const [first, second] = [
    await kept.keep('issuer-1', made(pattern, 'x')),
    await kept.keep('issuer-2', made(pattern, 'y')),
  ];
  const inventory = openInventory(client, { pattern });
  await applyObjects(client, await kept.fill([namespaceObject(pattern), marked(pattern, first.mark)]), {
    inventory,
  });
  const [diff] = await diffObjects(client, await kept.fill([marked(pattern, second.mark)]), { inventory });
  expect(diff).toMatchObject({ change: { change: 'update' }, previous: marked(pattern, first.mark) });
  expect(diff?.previous).not.toHaveProperty('data');
  expect(JSON.stringify(diff)).not.toMatch(/(crt|key)-[xy]/);
  expect(JSON.stringify(diff)).not.toContain(Buffer.from('key-x').toString('base64'));
  const [read] = await readApplied(client, [
    { apiVersion: 'v1', kind: 'Secret', namespace: pattern, name: 'issuer' },
  ]);
  expect(read).toEqual(marked(pattern, first.mark));
});

it('gives content to no other Secret, and none that was never meant to be given', async () => {
  const { pattern, kept } = open();
  const issuer = await kept.keep('issuer-1', made(pattern, 'x'));
  const anchor = await kept.keep('anchor-1', () => Promise.resolve({ public: { a: 'b' }, private: {} }));
  const elsewhere = [
    marked('default', issuer.mark),
    marked(pattern, issuer.mark, 'mine'),
    marked(pattern, anchor.mark),
  ];
  for (const object of elsewhere) {
    await expect(kept.fill([object])).rejects.toMatchObject({ code: 'PLAN_MISMATCH' });
  }
});

it('refuses content that was made anew since the plan, or is gone', async () => {
  const { pattern, kept } = open();
  const { mark } = await kept.keep('issuer-1', made(pattern, 'x'));
  await kept.removeAll();
  await expect(kept.fill([marked(pattern, mark)])).rejects.toMatchObject({ code: 'PLAN_MISMATCH' });
  await kept.keep('issuer-1', made(pattern, 'y'));
  await expect(kept.fill([marked(pattern, mark)])).rejects.toMatchObject({ code: 'PLAN_MISMATCH' });
});

it('leaves alone what is kept for another pattern, or is somebody else’s', async () => {
  const one = open();
  const other = open();
  const { mark } = await other.kept.keep('issuer-1', made(other.pattern, 'x'));
  await one.kept.removeAll();
  expect(await other.kept.keep('issuer-1', made(other.pattern, 'y'))).toMatchObject({ mark });
  const name = `${one.pattern}.theirs`;
  await one.client.apply({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: 'meshwright-system' },
  });
  onTestFinished(async () => {
    const at = { apiVersion: 'v1', kind: 'Secret', name, namespace: 'meshwright-system' };
    const client = testClient();
    await client.delete(at, (await client.getHeader(at))?.metadata.uid ?? '');
  });
  await expect(one.kept.keep('theirs', made(one.pattern, 'x'))).rejects.toMatchObject({
    code: 'FOREIGN_OBJECT',
  });
});

it('never extracts a Secret that names no kept one', async () => {
  const { client, pattern } = open();
  const plain = marked(pattern, '');
  delete plain.metadata.annotations;
  const data = { a: Buffer.from('secret').toString('base64') };
  await applyObjects(client, [namespaceObject(pattern), { ...plain, type: 'Opaque', data }]);
  const live = await client.get({ apiVersion: 'v1', kind: 'Secret', namespace: pattern, name: 'issuer' });
  expect(live && extractApplied(live)).toBeUndefined();
});
