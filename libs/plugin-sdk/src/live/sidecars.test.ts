import { describe, expect, it } from 'vitest';
import { Pod, PodTemplate } from './shapes.ts';
import { isOutdated, sidecarOf, type SidecarRules, surveySidecars } from './sidecars.ts';
import type { RunningWorkload } from './workloads.ts';

const proxy = { name: 'proxy', image: 'proxy:2' };
const rules: SidecarRules = {
  container: 'proxy',
  optsOut: ({ metadata }) => metadata.labels.inject === 'no',
  difference: (pod) => (sidecarOf(pod, 'proxy')?.image === 'proxy:2' ? undefined : 'of 1'),
};

interface PodOptions {
  image?: string;
  native?: boolean;
  ready?: boolean;
  plain?: boolean;
  labels?: Record<string, string>;
}

function pod(name: string, options: PodOptions = {}): Pod {
  const { image = proxy.image, native = false, ready = true, plain = false, labels = {} } = options;
  const sidecar = plain ? [] : [{ ...proxy, image }];
  const statuses = plain ? [] : [{ name: 'proxy', ready }];
  return Pod.parse({
    metadata: { name, namespace: 'shop', labels },
    spec: {
      containers: [{ name: 'main' }, ...(native ? [] : sidecar)],
      ...(native ? { initContainers: sidecar.map((each) => ({ ...each, restartPolicy: 'Always' })) } : {}),
    },
    status: native ? { initContainerStatuses: statuses } : { containerStatuses: statuses },
  });
}

function workload(pods: Pod[], { replicas = pods.length, labels = {} } = {}): RunningWorkload {
  return {
    reference: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'server' },
    labels: {},
    template: PodTemplate.parse({ metadata: { labels }, spec: { containers: [{ name: 'main' }] } }),
    replicas,
    pods,
  };
}

const survey = (workloads: RunningWorkload[], otherPods: Pod[] = []) =>
  surveySidecars([{ namespace: 'shop', workloads, otherPods }], rules);

it('finds a sidecar among the containers and the init containers that go on running', () => {
  expect(sidecarOf(pod('a'), 'proxy')).toMatchObject(proxy);
  expect(sidecarOf(pod('a', { native: true }), 'proxy')).toMatchObject(proxy);
  expect(sidecarOf(pod('a', { plain: true }), 'proxy')).toBeUndefined();
  const once = { metadata: { name: 'a' }, spec: { containers: [{ name: 'main' }], initContainers: [proxy] } };
  expect(sidecarOf(Pod.parse(once), 'proxy')).toBeUndefined();
});

describe('a workload', () => {
  it.each<[string, boolean, RunningWorkload]>([
    ['with the wanted proxies', false, workload([pod('a'), pod('b', { native: true })])],
    ['with a pod without one', true, workload([pod('a'), pod('b', { plain: true })])],
    ['with another one', true, workload([pod('a', { image: 'proxy:1' })])],
    ['that opts out', false, workload([pod('a', { plain: true })], { labels: { inject: 'no' } })],
    [
      'that opts out, with a proxy from before',
      true,
      workload([pod('a', { image: 'proxy:1' })], { labels: { inject: 'no' } }),
    ],
  ])('%s is outdated: %s', (_what, outdated, given) => {
    expect(isOutdated(given, rules)).toBe(outdated);
  });
});

describe('a survey', () => {
  it('counts ready proxies and names what is waited for', () => {
    const { proxies, waiting, aside } = survey([
      workload(
        [pod('a'), pod('b', { plain: true }), pod('c', { image: 'proxy:1' }), pod('d', { ready: false })],
        {
          replicas: 5,
        },
      ),
    ]);
    expect(proxies.map(({ metadata }) => metadata.name)).toEqual(['a']);
    expect(waiting).toEqual([
      'Deployment shop/server has 4 of 5 pods',
      'pod shop/b has no proxy: it started before injection, or injection left it out',
      'pod shop/c has a proxy of 1',
      'the proxy of pod shop/d is not ready',
    ]);
    expect(aside).toEqual([]);
  });

  it('waits for nobody who opts out or has no workload to restart, and says so', () => {
    const out = workload([pod('a', { plain: true })], { labels: { inject: 'no' } });
    const others = [
      pod('job', { plain: true }),
      pod('left-out', { plain: true, labels: { inject: 'no' } }),
      pod('meshed'),
    ];
    const { proxies, waiting, aside } = survey([out], others);
    expect(proxies.map(({ metadata }) => metadata.name)).toEqual(['meshed']);
    expect(waiting).toEqual([]);
    expect(aside).toEqual(['Deployment shop/server opts out', 'pod shop/job has no workload to restart']);
  });
});
