import type { KubernetesObject } from '@meshwright/model';
import { expect, it } from 'vitest';
import type { ClusterPort } from '../ports.ts';
import { leftoversAmong, listMade } from './leftovers.ts';

function object(name: string, uid?: string): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, ...(uid === undefined ? {} : { uid }) } };
}

it('lists what a mesh made, in the order of the queries', async () => {
  const held: Record<string, KubernetesObject[]> = {
    Secret: [object('ca'), object('theirs')],
    Lease: [object('lock')],
  };
  const cluster = { list: ({ kind }) => Promise.resolve(held[kind] ?? []) } as Pick<ClusterPort, 'list'>;
  const made = ['Lease', 'Secret'].map((kind) => ({
    query: { apiVersion: 'v1', kind },
    isMade: ({ metadata }: KubernetesObject) => metadata.name !== 'theirs',
  }));
  const found = await listMade(made, cluster as ClusterPort);
  expect(found.map(({ metadata }) => metadata.name)).toEqual(['lock', 'ca']);
});

it('leaves what Meshwright applied to its inventory', () => {
  const managerOf = ({ metadata }: KubernetesObject) => (metadata.name === 'ours' ? 'meshwright' : 'mesh');
  expect(leftoversAmong([object('ours', 'a'), object('ca', 'b'), object('rendered')], managerOf)).toEqual([
    { apiVersion: 'v1', kind: 'Secret', name: 'ca', uid: 'b' },
  ]);
});
