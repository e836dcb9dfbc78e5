import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '@meshwright/model';
import type { VerifyChange } from '@meshwright/plugin-sdk';
import { fakeContext } from '@meshwright/plugin-testkit';
import { podOf, verifyChange } from '../test-support/objects.ts';
import { checkCaptured, checkLeft, checkWaypoints } from './ambient.ts';

const captured = { 'ambient.istio.io/redirection': 'enabled' };

function pod(
  name: string,
  metadata: object = {},
  options: Parameters<typeof podOf>[3] = {},
): KubernetesObject {
  const object = podOf(name, 'shop', undefined, options);
  return { ...object, metadata: { ...object.metadata, ...metadata } };
}

function ambient(...namespaces: string[]): VerifyChange {
  const { mesh } = verifyChange(...namespaces);
  return { mesh: { ...mesh, mode: 'ambient' } };
}

describe('the pods of an ambient mesh', () => {
  it('are captured, or stay out for a reason', async () => {
    const objects = [
      pod('in', { annotations: captured }),
      pod('out', { labels: { 'istio.io/dataplane-mode': 'none' } }),
      pod('own', { labels: { 'sidecar.istio.io/inject': 'true' } }, { proxy: 'proxyv2:1.31.0' }),
      pod('ended', {}, { phase: 'Succeeded' }),
    ];
    expect(await checkCaptured(ambient('shop'), fakeContext({ objects }))).toEqual({
      state: 'healthy',
      note: '1 pod is captured by their nodes’ proxies; 2 stay out, or are gateways',
    });
  });

  it('are waited for until they are captured, without a sidecar', async () => {
    const objects = [pod('new'), pod('old', { annotations: captured }, { proxy: 'proxyv2:1.31.0' })];
    expect(await checkCaptured(ambient('shop'), fakeContext({ objects }))).toEqual({
      state: 'waiting',
      for: ['pod shop/new is not captured by its node’s proxy yet', 'pod shop/old still has a sidecar'],
    });
  });

  it('have left when none is captured anywhere', async () => {
    const objects = [pod('a'), pod('b', { annotations: captured })];
    expect(await checkLeft(ambient('shop'), fakeContext({ objects }))).toMatchObject({
      state: 'waiting',
      for: ['pod shop/b is still captured by its node’s proxy'],
    });
    expect(await checkLeft(ambient('shop'), fakeContext({ objects: [pod('a')] }))).toMatchObject({
      state: 'healthy',
    });
  });
});

describe('waypoints', () => {
  const namespace = (labels: Record<string, string>): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'shop', labels },
  });
  const gateway = (conditions: object[], name = 'waypoint'): KubernetesObject => ({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: { name, namespace: 'shop', generation: 2 },
    status: { conditions },
  });
  const uses = namespace({ 'istio.io/use-waypoint': 'waypoint' });
  const programmed = { type: 'Programmed', status: 'True', observedGeneration: 2 };

  it('that are programmed and of this version are healthy', async () => {
    const labels = { 'gateway.networking.k8s.io/gateway-name': 'waypoint' };
    const objects = [uses, gateway([programmed]), pod('w', { labels }, { proxy: 'proxyv2:1.31.0' })];
    expect(await checkWaypoints(ambient('shop'), fakeContext({ objects }))).toEqual({
      state: 'healthy',
      note: '1 waypoint is programmed',
    });
  });

  it.each<[string, KubernetesObject[], string]>([
    ['are not there', [], 'Gateway shop/waypoint is not there'],
    ['nobody has seen', [gateway([])], 'Gateway shop/waypoint is not seen by istiod yet'],
    [
      'are refused',
      [gateway([{ type: 'Programmed', status: 'False', message: 'no address', observedGeneration: 2 }])],
      'Gateway shop/waypoint is not programmed: no address',
    ],
    [
      'changed since',
      [gateway([{ ...programmed, observedGeneration: 1 }])],
      'Gateway shop/waypoint has a change that istiod has not programmed yet',
    ],
    [
      'have pods of before',
      [
        gateway([programmed]),
        pod(
          'w',
          { labels: { 'gateway.networking.k8s.io/gateway-name': 'waypoint' } },
          { proxy: 'proxyv2:1.30.0' },
        ),
      ],
      'pod shop/w of the waypoint has a proxy of 1.30.0',
    ],
  ])('that %s are waited for', async (_name, objects, line) => {
    expect(await checkWaypoints(ambient('shop'), fakeContext({ objects: [uses, ...objects] }))).toEqual({
      state: 'waiting',
      for: [line],
    });
  });

  it.each<[string, Record<string, string>]>([
    ['none', {}],
    ['the word none', { 'istio.io/use-waypoint': 'none' }],
    ['one elsewhere', { 'istio.io/use-waypoint': 'w', 'istio.io/use-waypoint-namespace': 'infra' }],
  ])('are none of a namespace that names %s', async (_name, labels) => {
    expect(
      await checkWaypoints(ambient('shop'), fakeContext({ objects: [namespace(labels)] })),
    ).toMatchObject({
      state: 'healthy',
    });
  });
});
