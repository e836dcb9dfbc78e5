import { describe, expect, it } from 'vitest';
import {
  type Scene,
  deployment,
  enrolled,
  find,
  lines,
  namespace,
  native,
  service,
} from '../test-support/look.ts';
import { annotations } from './annotations.ts';
import { gateways } from './gateways.ts';
import { listeners } from './listeners.ts';
import { namespaces } from './namespaces.ts';

const spec = { workloads: enrolled('shop') };

describe('an enrolled namespace', () => {
  it('must not be kept out by the pattern’s own manifest', async () => {
    const manifests = { shop: [namespace('shop', { 'istio-injection': 'disabled' })] };
    expect(await lines(namespaces, { spec, manifests })).toEqual([
      '! Namespace shop: is enrolled by the pattern, and its manifest says istio-injection=disabled',
    ]);
  });

  it('that somebody labelled out on the cluster is a warning', async () => {
    const live = [namespace('shop', { 'istio-injection': 'disabled' })];
    expect(await find(namespaces, { spec, live })).toMatchObject([
      { object: 'Namespace shop', blocks: false },
    ]);
  });

  it('whose workloads all opt out is a warning', async () => {
    const out = { metadata: { labels: { 'sidecar.istio.io/inject': 'false' } } };
    const manifests = { shop: [deployment('web', {}, out)] };
    expect(await lines(namespaces, { spec, manifests })).toEqual([
      'Namespace shop: is enrolled, and all 1 workload of the pattern in it opt out',
    ]);
    expect(
      await lines(namespaces, { spec, manifests: { shop: [...manifests.shop, deployment('api')] } }),
    ).toEqual([]);
  });

  it('is asked for the label of its own mode', async () => {
    const ambient = { ...spec, mesh: { mode: 'ambient' as const } };
    const live = [namespace('shop', { 'istio.io/dataplane-mode': 'none' })];
    expect(await lines(namespaces, { spec: ambient, live })).toHaveLength(1);
    expect(await lines(namespaces, { spec, live })).toEqual([]);
  });
});

describe('a namespace of others', () => {
  it.each<[Record<string, string>, number]>([
    [{ 'istio-injection': 'enabled', 'istio.io/rev': 'prod' }, 1],
    [{ 'istio-injection': 'enabled', 'istio.io/dataplane-mode': 'ambient' }, 1],
    [{ 'istio-injection': 'disabled', 'istio.io/rev': 'prod' }, 0],
    [{ 'istio.io/rev': 'prod', 'istio.io/dataplane-mode': 'none' }, 0],
    [{ 'istio.io/rev': 'prod' }, 0],
  ])('with the labels %j has %i contradictions', async (labels, amount) => {
    expect(await lines(namespaces, { live: [namespace('other', labels)] })).toHaveLength(amount);
  });
});

describe('a Gateway', () => {
  const selector = { istio: 'edge' };
  const gateway = (name: string, overrides: object = {}) =>
    native('Gateway', name, {
      selector,
      servers: [{ port: { number: 80, protocol: 'HTTP' }, hosts: ['shop.test'] }],
      ...overrides,
    });
  const edge = service('ingress/edge', {
    selector: { ...selector, app: 'edge' },
    ports: [{ port: 80, targetPort: 8080 }],
  });

  it.each<[string, Scene]>([
    ['a Service', { live: [edge] }],
    [
      'a workload of the pattern',
      { manifests: { ingress: [deployment('e', {}, { metadata: { labels: selector } })] } },
    ],
    [
      'pods without a Service of such a selector',
      {
        live: [
          {
            apiVersion: 'v1',
            kind: 'Pod',
            metadata: { name: 'p', namespace: 'x', labels: selector },
            spec: { containers: [] },
          },
        ],
      },
    ],
    [
      'the gateway that the mesh installs',
      { spec: { mesh: { components: ['gateway'], values: { gateway: { name: 'istio-edge' } } } } },
    ],
  ])('attaches to %s', async (_name, scene) => {
    expect(await lines(gateways, { ...scene, pattern: [gateway('g')] })).toEqual([]);
  });

  it('whose selector no pod has is mistaken', async () => {
    expect(
      await lines(gateways, { live: [edge], pattern: [gateway('g', { selector: { istio: 'egde' } })] }),
    ).toEqual(['! Gateway shop/g: selects by istio=egde, which no pod has']);
  });

  it('may name the port of the Service or of the pods, and is warned of others', async () => {
    const on = (number: number) =>
      gateway('g', { servers: [{ port: { number, protocol: 'HTTP' }, hosts: ['*'] }] });
    expect(await lines(gateways, { live: [edge], pattern: [on(8080)] })).toEqual([]);
    expect(await lines(gateways, { live: [edge], pattern: [on(9090)] })).toEqual([
      'Gateway shop/g: listens on port 9090, which no Service of its workload has',
    ]);
  });

  const rival = (server: object, more: object = {}) =>
    gateway('other/h', {
      servers: [{ port: { number: 80, protocol: 'HTTP' }, hosts: ['shop.test'], ...server }],
      ...more,
    });

  it('must not claim a host and port that another one claims', async () => {
    expect(await lines(gateways, { live: [edge, rival({})], pattern: [gateway('g')] })).toEqual([
      '! Gateway shop/g: claims the host "shop.test" on port 80, and so does Gateway other/h',
    ]);
    expect(await lines(gateways, { live: [edge], pattern: [gateway('g'), rival({})] })).toHaveLength(1);
  });

  it('must not claim a port for another protocol', async () => {
    const server = { port: { number: 80, protocol: 'TCP' }, hosts: ['*'] };
    expect(await lines(gateways, { live: [edge, rival(server)], pattern: [gateway('g')] })).toEqual([
      '! Gateway shop/g: claims port 80 for HTTP, and so does Gateway other/h',
    ]);
  });

  it.each<[string, object, object]>([
    ['another host', { hosts: ['other.test'] }, {}],
    ['another port', { port: { number: 8080, protocol: 'HTTP' } }, {}],
    ['another workload', {}, { selector: { app: 'elsewhere' } }],
    ['a wildcard above', { hosts: ['*.test'] }, {}],
  ])('may stand beside one of %s', async (_name, server, more) => {
    const found = await lines(gateways, { live: [edge, rival(server, more)], pattern: [gateway('g')] });
    expect(found.filter((line) => line.includes('shop/g'))).toEqual([]);
  });
});

describe('a server', () => {
  const listening = (container: object) => {
    const template = { spec: { containers: [{ name: 'app', ...container }] } };
    return lines(listeners, { spec, manifests: { shop: [deployment('web', {}, template)] } });
  };

  it.each<[string, object]>([
    ['by a flag with its value', { args: ['--listen-address=127.0.0.1:8080'] }],
    ['by a flag and a value', { command: ['/server', '-bind', 'localhost:8080'] }],
    ['by a variable', { env: [{ name: 'LISTEN_ADDR', value: '127.0.0.1' }] }],
    ['by IPv6', { args: ['--http-host=[::1]:80'] }],
  ])('that says so %s listens on its own pod only', async (_name, container) => {
    expect(await listening(container)).toEqual([
      expect.stringContaining('Deployment shop/web: its container "app"') as string,
    ]);
  });

  it.each<[string, object]>([
    ['on all addresses', { args: ['--listen=0.0.0.0:8080'] }],
    ['without saying', {}],
    [
      'and calls another one on its pod',
      { args: ['--upstream=http://127.0.0.1:9000', '--redis', 'localhost:6379'] },
    ],
    ['and has a database on its pod', { env: [{ name: 'DB_HOST', value: 'localhost' }] }],
  ])('that listens %s is fine', async (_name, container) => {
    expect(await listening(container)).toEqual([]);
  });
});

describe('an annotation', () => {
  it('that is deprecated is told of, with what comes in its place', async () => {
    const metadata = { annotations: { 'sidecar.istio.io/inject': 'true', 'corp.test/x': 'y' } };
    const found = await find(annotations, {
      spec,
      manifests: { shop: [deployment('web', {}, { metadata })] },
    });
    expect(found).toMatchObject([
      { object: 'Deployment shop/web', blocks: false, remedy: 'use the label of the same name' },
    ]);
  });

  it('beside its label is for older versions', async () => {
    const marks = { 'sidecar.istio.io/inject': 'true' };
    const metadata = { annotations: marks, labels: marks };
    expect(
      await lines(annotations, { spec, manifests: { shop: [deployment('web', {}, { metadata })] } }),
    ).toEqual([]);
  });
});
