import { describe, expect, it } from 'vitest';
import {
  type Scene,
  enrolled,
  find,
  lines,
  namespace,
  native,
  routeTo,
  service,
} from '../test-support/look.ts';
import { authorization } from './authorization.ts';
import { destinationRules } from './destination-rules.ts';
import { mutualTls } from './mutual-tls.ts';
import { servicePorts } from './service-ports.ts';
import { sidecars } from './sidecars.ts';
import { virtualServiceHosts } from './virtual-service-hosts.ts';

const to = { host: 'web' };

describe('two VirtualServices of one host', () => {
  it('conflict, by whatever name they have for it', async () => {
    const pattern = [
      routeTo('a', to, { hosts: ['web'] }),
      routeTo('b', to, { hosts: ['web.shop.svc.cluster.local'] }),
    ];
    const found = await lines(virtualServiceHosts, { pattern });
    expect(found).toHaveLength(2);
    expect(found[0]).toContain(
      '! VirtualService shop/a: routes the host "web.shop.svc.cluster.local", and so does shop/b',
    );
  });

  it('are said once where only one is the pattern’s', async () => {
    const scene = {
      pattern: [routeTo('a', to, { hosts: ['web'] })],
      live: [routeTo('b', to, { hosts: ['web'] })],
    };
    expect(await lines(virtualServiceHosts, scene)).toEqual([
      expect.stringContaining('! VirtualService shop/a: routes') as string,
    ]);
  });

  it.each<[string, object, object]>([
    ['for gateways are put together', { gateways: ['edge'] }, { gateways: ['edge'] }],
    ['for other namespaces do not meet', { exportTo: ['.'] }, { exportTo: ['elsewhere'] }],
    ['of other hosts do not meet', {}, { hosts: ['other'] }],
    [
      'where one is beneath the other’s wildcard do not conflict',
      { hosts: ['*.shop.test'] },
      { hosts: ['a.shop.test'] },
    ],
  ])('%s', async (_name, one, other) => {
    const pattern = [
      routeTo('a', to, { hosts: ['web'], ...one }),
      routeTo('b', to, { hosts: ['web'], ...other }),
    ];
    expect(await lines(virtualServiceHosts, { pattern })).toEqual([]);
  });

  it('one of which the change deletes do not conflict', async () => {
    const labels = { 'applyset.kubernetes.io/part-of': 'set' };
    const owned = (name: string) => native('VirtualService', name, { hosts: ['web'] }, { labels });
    const live = [owned('old'), owned('kept')];
    const pattern = [routeTo('kept', to, { hosts: ['kept'] }), routeTo('new', to, { hosts: ['web'] })];
    expect(await lines(virtualServiceHosts, { live, pattern })).toEqual([]);
  });
});

describe('a DestinationRule', () => {
  it('of an unknown host does nothing, which is worth a warning', async () => {
    const pattern = [native('DestinationRule', 'd', { host: 'nowhere' })];
    expect(await find(destinationRules, { pattern })).toMatchObject([{ blocks: false }]);
  });

  it('of a known host or a wildcard is fine', async () => {
    const pattern = [
      native('DestinationRule', 'd', { host: 'web' }),
      native('DestinationRule', 'e', { host: '*.local' }),
    ];
    expect(await lines(destinationRules, { live: [service('web')], pattern })).toEqual([]);
  });

  it('must not define a subset that another one of its host defines', async () => {
    const rule = (name: string, host: string) =>
      native('DestinationRule', name, { host, subsets: [{ name: 'v1' }] });
    const pattern = [rule('a', 'web'), rule('b', 'web.shop.svc.cluster.local')];
    expect(await lines(destinationRules, { live: [service('web')], pattern })).toEqual([
      expect.stringContaining('DestinationRule shop/b: defines the subset "v1"') as string,
    ]);
  });
});

describe('mutual TLS and a DestinationRule', () => {
  const rule = (mode: string) =>
    native('DestinationRule', 'd', { host: 'web', trafficPolicy: { tls: { mode } } });
  const strict: Scene = {
    spec: { workloads: enrolled('shop'), security: { mtls: 'strict' } },
    live: [service('web')],
  };

  it.each(['DISABLE', 'SIMPLE'])('that is STRICT contradict with tls.mode %s', async (mode) => {
    const [found] = await lines(mutualTls, { ...strict, pattern: [rule(mode)] });
    expect(found).toContain(`! DestinationRule shop/d: sends to "web" with tls.mode ${mode}`);
  });

  it('that is DISABLE contradict with ISTIO_MUTUAL', async () => {
    const spec = { workloads: enrolled('shop'), security: { mtls: 'disabled' as const } };
    expect(await lines(mutualTls, { ...strict, spec, pattern: [rule('ISTIO_MUTUAL')] })).toHaveLength(1);
  });

  it.each<[string, Scene]>([
    [
      'the rule leaves the mode to Istio',
      { ...strict, pattern: [native('DestinationRule', 'd', { host: 'web' })] },
    ],
    [
      'the namespace is not in the mesh',
      { ...strict, spec: { security: { mtls: 'strict' } }, pattern: [rule('DISABLE')] },
    ],
    [
      'the namespace has a policy of its own',
      {
        ...strict,
        pattern: [rule('DISABLE'), native('PeerAuthentication', 'own', { mtls: { mode: 'PERMISSIVE' } })],
      },
    ],
  ])('agree where %s', async (_name, scene) => {
    expect(await lines(mutualTls, scene)).toEqual([]);
  });

  it('are only a warning where a policy of single workloads may say otherwise', async () => {
    const some = native('PeerAuthentication', 'some', { selector: { matchLabels: { app: 'web' } } });
    expect(await find(mutualTls, { ...strict, pattern: [rule('DISABLE'), some] })).toMatchObject([
      { blocks: false },
    ]);
  });

  it('of the live mesh-wide policy contradict where the pattern says nothing', async () => {
    const policy = native('PeerAuthentication', 'istio-system/default', { mtls: { mode: 'STRICT' } });
    const spec = { workloads: enrolled('shop') };
    expect(
      await lines(mutualTls, { spec, live: [service('web'), policy], pattern: [rule('DISABLE')] }),
    ).toHaveLength(1);
  });
});

describe('ports of a Service', () => {
  const portsOf = async (...ports: object[]) =>
    lines(servicePorts, { spec: { workloads: enrolled('shop') }, live: [service('web', { ports })] });

  it.each<[string, object]>([
    ['by name', { name: 'http', port: 8080 }],
    ['by the beginning of the name', { name: 'grpc-web-api', port: 8080 }],
    ['in any case', { name: 'HTTP2-api', port: 8080 }],
    ['by appProtocol', { name: 'web', port: 8080, appProtocol: 'http' }],
    ['by a name of Kubernetes', { name: 'web', port: 8080, appProtocol: 'kubernetes.io/h2c' }],
    ['by being UDP', { name: 'dns', port: 8053, protocol: 'UDP' }],
    ['by a well-known number', { port: 3306 }],
  ])('say their protocol %s', async (_name, port) => {
    expect(await portsOf(port)).toEqual([]);
  });

  it.each<[string, object]>([
    ['without a name', { port: 8080 }],
    ['by a name of another kind', { name: 'web', port: 8080 }],
    ['by an unknown appProtocol', { name: 'http', port: 8080, appProtocol: 'corp.test/own' }],
  ])('do not say it %s', async (_name, port) => {
    expect(await portsOf(port)).toHaveLength(1);
  });

  it('do not matter outside the mesh', async () => {
    expect(await lines(servicePorts, { live: [service('web', { ports: [{ port: 8080 }] })] })).toEqual([]);
  });
});

describe('two Sidecars', () => {
  const sidecar = (name: string, labels?: Record<string, string>) =>
    native('Sidecar', name, labels === undefined ? {} : { workloadSelector: { labels } });

  it('for a whole namespace conflict, said once', async () => {
    expect(await lines(sidecars, { pattern: [sidecar('a'), sidecar('b')] })).toEqual([
      '! Sidecar shop/a: is for all workloads of shop, and so is Sidecar shop/b',
    ]);
  });

  it('of which one selects the other’s workloads conflict', async () => {
    const scene = {
      pattern: [sidecar('b', { app: 'web', tier: 'front' })],
      live: [sidecar('a', { app: 'web' })],
    };
    expect(await lines(sidecars, scene)).toEqual([
      '! Sidecar shop/b: is for the workloads with app=web,tier=front, and so is Sidecar shop/a',
    ]);
  });

  it('for other workloads, or one for all and one for some, are fine', async () => {
    const pattern = [
      sidecar('a', { app: 'web' }),
      sidecar('b', { app: 'api' }),
      sidecar('c'),
      sidecar('other/d'),
    ];
    expect(await lines(sidecars, { pattern })).toEqual([]);
  });
});

describe('an AuthorizationPolicy', () => {
  const policy = (...namespaces: string[]) =>
    native('AuthorizationPolicy', 'p', { rules: [{ from: [{ source: { namespaces } }] }, {}] });

  it('must name namespaces that are there', async () => {
    expect(
      await lines(authorization, { pattern: [policy('shop', 'shpo')], live: [namespace('shop')] }),
    ).toEqual(['! AuthorizationPolicy shop/p: names the namespace shpo, which is not there']);
  });

  it('may name a namespace of the pattern, and patterns of names', async () => {
    const scene = { spec: { workloads: enrolled('new') }, live: [namespace('team-a')] };
    expect(
      await lines(authorization, {
        ...scene,
        pattern: [policy('new', 'team-*', '*-a', '*', 'istio-ingress')],
      }),
    ).toEqual([]);
  });

  it('without a spec is fine', async () => {
    const { apiVersion, kind, metadata } = policy();
    expect(await lines(authorization, { pattern: [{ apiVersion, kind, metadata }] })).toEqual([]);
  });
});
