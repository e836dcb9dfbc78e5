import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '@meshwright/model';
import { type Scene, find, lines, native, routeTo, service } from '../test-support/look.ts';
import { virtualServices } from './virtual-services.ts';

const web = service('web');
const subsets = native('DestinationRule', 'web', { host: 'web', subsets: [{ name: 'v1' }] });

/** As it is on the cluster once the pattern's inventory holds it. */
function ours(object: KubernetesObject): KubernetesObject {
  const labels = { 'applyset.kubernetes.io/part-of': 'set' };
  return { ...object, metadata: { ...object.metadata, labels } };
}

describe('a VirtualService', () => {
  it.each<[string, object, Scene]>([
    ['a Service of its namespace by its short name', { host: 'web' }, { live: [web] }],
    ['a Service of another one in full', { host: 'web.shop.svc.cluster.local' }, { live: [web] }],
    ['a Service that the pattern brings', { host: 'web' }, { manifests: { shop: [web] } }],
    ['a port of the Service', { host: 'web', port: { number: 80 } }, { live: [web] }],
    ['a subset', { host: 'web', subset: 'v1' }, { live: [web], pattern: [subsets] }],
    [
      'a ServiceEntry',
      { host: 'api.example.test' },
      { live: [native('ServiceEntry', 'other/api', { hosts: ['api.example.test'] })] },
    ],
    [
      'a wildcard of a ServiceEntry',
      { host: 'a.example.test' },
      { live: [native('ServiceEntry', 'e', { hosts: ['*.example.test'] })] },
    ],
    ['a Service that another cluster exports', { host: 'web.shop.svc.clusterset.local' }, {}],
    [
      'a Service of a cluster with a DNS suffix of its own',
      { host: 'web.shop.svc.corp.test' },
      {
        live: [web],
        spec: { mesh: { values: { istiod: { global: { proxy: { clusterDomain: 'corp.test' } } } } } },
      },
    ],
  ])('may send to %s', async (_name, destination, scene) => {
    const pattern = [...(scene.pattern ?? []), routeTo('r', destination)];
    expect(await lines(virtualServices, { ...scene, pattern })).toEqual([]);
  });

  it.each<[string, object, Scene, string]>([
    ['an unknown host', { host: 'nowhere' }, {}, 'sends to the host "nowhere"'],
    [
      'another port',
      { host: 'web', port: { number: 8080 } },
      { live: [web] },
      'port 8080 of "web", which has 80',
    ],
    [
      'an unknown subset',
      { host: 'web', subset: 'v2' },
      { live: [web, subsets] },
      'the subset "v2" of "web"',
    ],
    [
      'a ServiceEntry that is not exported to it',
      { host: 'api.example.test' },
      { live: [native('ServiceEntry', 'other/e', { hosts: ['api.example.test'], exportTo: ['.'] })] },
      'api.example.test',
    ],
    [
      'a Service that the pattern no longer holds',
      { host: 'web' },
      { live: [ours(web), ours(routeTo('r', { host: 'web' }))] },
      'sends to the host "web"',
    ],
  ])('of the pattern must not send to %s', async (_name, destination, scene, problem) => {
    const found = await lines(virtualServices, { ...scene, pattern: [routeTo('r', destination)] });
    expect(found).toEqual([expect.stringMatching(/^! VirtualService shop\/r: /) as string]);
    expect(found[0]).toContain(problem);
  });

  it('of somebody else is only a warning', async () => {
    expect(await find(virtualServices, { live: [routeTo('r', { host: 'nowhere' })] })).toMatchObject([
      { object: 'VirtualService shop/r', blocks: false },
    ]);
  });

  it('blocks nothing where other clusters may have the host', async () => {
    const values = { istiod: { global: { meshID: 'one' } } };
    const scene = { spec: { mesh: { values } }, pattern: [routeTo('r', { host: 'elsewhere' })] };
    expect(await find(virtualServices, scene)).toMatchObject([{ blocks: false }]);
  });

  it('is told how a dotted name is written in full', async () => {
    const pattern = [routeTo('other/r', { host: 'web.shop' })];
    expect(await find(virtualServices, { live: [web], pattern })).toMatchObject([
      { remedy: expect.stringContaining('web.shop.svc.cluster.local') as string },
    ]);
  });

  it('looks at mirrors, TLS and TCP routes, and says each mistake once', async () => {
    const destination = { host: 'nowhere' };
    const spec = {
      http: [{ mirror: destination, mirrors: [{ destination }] }],
      tls: [{ route: [{ destination }] }],
    };
    expect(
      await lines(virtualServices, { pattern: [native('VirtualService', 'r', { hosts: ['r'], ...spec })] }),
    ).toHaveLength(1);
    const tcp = [{ route: [{ destination }] }];
    expect(
      await lines(virtualServices, { pattern: [native('VirtualService', 'r', { hosts: ['r'], tcp })] }),
    ).toHaveLength(1);
  });

  it('warns of a Service with several ports and none named', async () => {
    const several = service('web', {
      ports: [
        { name: 'http', port: 80 },
        { name: 'tcp', port: 81 },
      ],
    });
    expect(
      await find(virtualServices, { live: [several], pattern: [routeTo('r', { host: 'web' })] }),
    ).toMatchObject([{ blocks: false, problem: expect.stringContaining('has 2') as string }]);
  });

  it.each(['edge', 'shop/edge', './edge', 'edge.shop.svc.cluster.local'])(
    'finds its gateway as %s',
    async (name) => {
      const gateway = native('Gateway', 'edge', {
        servers: [{ port: { number: 80 }, hosts: ['*.example.test'] }],
      });
      const route = routeTo('r', { host: 'web' }, { hosts: ['a.example.test'], gateways: ['mesh', name] });
      expect(await lines(virtualServices, { live: [web, gateway], pattern: [route] })).toEqual([]);
    },
  );

  it('must name a gateway that is there, and serves one of its hosts', async () => {
    const gateway = native('Gateway', 'other/edge', {
      servers: [{ port: { number: 80 }, hosts: ['./a.example.test'] }],
    });
    const route = (gateways: string[]) =>
      routeTo('r', { host: 'web' }, { hosts: ['a.example.test'], gateways });
    expect(await lines(virtualServices, { live: [web, gateway], pattern: [route(['edge'])] })).toEqual([
      '! VirtualService shop/r: is bound to the gateway "edge", which is not there',
    ]);
    expect(await lines(virtualServices, { live: [web, gateway], pattern: [route(['other/edge'])] })).toEqual([
      'VirtualService shop/r: has no host that the gateway "other/edge" serves',
    ]);
  });

  it('must delegate to one that is there', async () => {
    const spec = { hosts: ['r'], http: [{ delegate: { name: 'd', namespace: 'other' } }] };
    const root = native('VirtualService', 'r', spec);
    expect(await lines(virtualServices, { pattern: [root] })).toHaveLength(1);
    expect(
      await lines(virtualServices, { pattern: [root, native('VirtualService', 'other/d', {})] }),
    ).toEqual([]);
  });

  it('says nothing where its annotation asks for that', async () => {
    const route = routeTo('r', { host: 'nowhere' });
    const annotations = { 'galley.istio.io/analyze-suppress': 'IST0112, IST0101' };
    const pattern = [{ ...route, metadata: { ...route.metadata, annotations } }];
    expect(await find(virtualServices, { pattern })).toMatchObject([{ suppressed: true }]);
  });
});
