import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '@meshwright/model';
import { installation } from '../../test-support/objects.ts';
import { type Scene, enrolled, find, lines, native } from '../test-support/look.ts';
import { ambient } from './ambient.ts';
import { sidecars } from './sidecars.ts';

const scene: Scene = {
  spec: { mesh: { mode: 'ambient' }, workloads: enrolled('shop') },
  installations: [installation({ mode: 'ambient' })],
};

function nodePart(name: string, version: string): KubernetesObject {
  const containers = [{ name: 'agent', image: `registry.istio.io/release/any:${version}-distroless` }];
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name, namespace: 'istio-system', labels: { 'app.kubernetes.io/part-of': 'istio' } },
    spec: { template: { spec: { containers } } },
  };
}

describe('node parts', () => {
  it('may be one minor version behind the control plane', async () => {
    const live = [nodePart('ztunnel', '1.30.2'), nodePart('istio-cni-node', '1.31.0')];
    expect(await lines(ambient, { ...scene, live })).toEqual([]);
  });

  it('further behind must come nearer first', async () => {
    expect(await lines(ambient, { ...scene, live: [nodePart('ztunnel', '1.29.0')] })).toEqual([
      '! DaemonSet istio-system/ztunnel: is of 1.29, and works with no control plane newer than 1.30',
    ]);
  });

  it('do not matter to sidecars', async () => {
    expect(await lines(ambient, { live: [nodePart('istio-cni-node', '1.25.0')] })).toEqual([]);
  });
});

describe('policies in ambient mode', () => {
  const policy = (rule: object, more: object = {}) =>
    native('AuthorizationPolicy', 'p', { rules: [rule], ...more });

  it.each<[string, object]>([
    ['methods', { to: [{ operation: { methods: ['GET'] } }] }],
    ['paths beside ports', { to: [{ operation: { ports: ['80'], paths: ['/x'] } }] }],
    ['tokens', { from: [{ source: { requestPrincipals: ['*'] } }] }],
    ['headers', { when: [{ key: 'request.headers[x]', values: ['y'] }] }],
  ])('with rules for %s need a waypoint', async (_name, rule) => {
    expect(await find(ambient, { ...scene, pattern: [policy(rule)] })).toMatchObject([
      { object: 'AuthorizationPolicy shop/p', blocks: true },
    ]);
    const targetRefs = [{ kind: 'Gateway', name: 'waypoint' }];
    expect(await lines(ambient, { ...scene, pattern: [policy(rule, { targetRefs })] })).toEqual([]);
  });

  it.each<[string, object]>([
    ['ports', { to: [{ operation: { ports: ['80'], notPorts: ['81'] } }] }],
    ['identities', { from: [{ source: { principals: ['*'], namespaces: ['shop'] } }] }],
    ['addresses', { when: [{ key: 'source.ip', values: ['10.0.0.1'] }] }],
  ])('with rules for %s do not', async (_name, rule) => {
    expect(await lines(ambient, { ...scene, pattern: [policy(rule)] })).toEqual([]);
  });

  it('cannot turn mutual TLS off', async () => {
    const spec = { ...scene.spec, security: { mtls: 'disabled' as const } };
    expect(await lines(ambient, { ...scene, spec })).toEqual([
      '! spec.security.mtls: turns mutual TLS off, which ambient mode cannot',
    ]);
    const pattern = [native('PeerAuthentication', 'off', { mtls: { mode: 'DISABLE' } })];
    expect(await lines(ambient, { ...scene, pattern })).toHaveLength(1);
  });

  it('for a sidecar do nothing', async () => {
    expect(await lines(sidecars, { ...scene, pattern: [native('Sidecar', 's', {})] })).toEqual([
      'Sidecar shop/s: does nothing in ambient mode, where workloads have no sidecar',
    ]);
  });
});

describe('a NetworkPolicy in ambient mode', () => {
  const policy = (ingress: object[]): KubernetesObject => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'n', namespace: 'shop' },
    spec: { podSelector: {}, ingress },
  });

  it.each<[string, object[]]>([
    ['lets everything in', [{}]],
    ['lets the port of the mesh in', [{ ports: [{ port: 80 }] }, { ports: [{ port: 15008 }] }]],
    ['lets a range in', [{ ports: [{ port: 15000, endPort: 16000 }] }]],
    ['lets nothing in at all', []],
  ])('that %s is fine', async (_name, ingress) => {
    expect(await lines(ambient, { ...scene, live: [policy(ingress)] })).toEqual([]);
  });

  it('that lets the application’s port in keeps the mesh out', async () => {
    const ingress = [{ ports: [{ port: 8080 }, { port: 15008, protocol: 'UDP' }, { port: 'http' }] }];
    expect(await lines(ambient, { ...scene, live: [policy(ingress)] })).toEqual([
      'NetworkPolicy shop/n: lets single ports in and not 15008, by which all traffic of the mesh comes',
    ]);
  });
});
