import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type KubernetesObject, MeshwrightError } from '@meshwright/model';
import { type FakeCluster, fakeContext } from '@meshwright/plugin-testkit';
import {
  controlPlane,
  istiodDeployment,
  proxyImage,
  proxyStatistics,
  verifyChange,
  workload,
} from '../test-support/objects.ts';
import { samplesOf } from './metrics.ts';
import { judgeProxy } from './proxy-statistics.ts';
import { verify } from './verify.ts';

const istiod = (connected: number) => ({
  'istio-system/istiod-1-31-0-1:15014': `pilot_xds{version="1.31.0"} ${connected}\n`,
});

function look(objects: KubernetesObject[], answers: FakeCluster['answers'], ...namespaces: string[]) {
  const change = verifyChange(...(namespaces.length === 0 ? ['shop'] : namespaces));
  return verify(
    'verify',
    change,
    fakeContext({ objects: [...controlPlane(), ...objects], answers: answers ?? {} }),
  );
}

describe('the proxies of enrolled workloads', () => {
  it('are healthy when each is connected and took its configuration', async () => {
    const objects = [
      ...workload('web'),
      ...workload('db', { kind: 'StatefulSet', pods: [{ proxy: proxyImage, native: true }] }),
    ];
    const answers = {
      'shop/web-0:15090': proxyStatistics(),
      'shop/db-0:15090': proxyStatistics(),
      ...istiod(3),
    };
    expect(await look(objects, answers)).toEqual({
      state: 'healthy',
      note: '2 of 2 proxies are connected and in sync (istiod counts 3); revision 1-31-0 injects where istio-injection=enabled stands; istiod-1-31-0 serves injection and validation',
    });
  });

  it.each<[string, Parameters<typeof workload>[1], string]>([
    ['a pod has no proxy', { pods: [{}] }, 'pod shop/web-0 has no proxy'],
    [
      'a proxy is not ready',
      { pods: [{ proxy: proxyImage, ready: false }] },
      'the proxy of pod shop/web-0 is not ready',
    ],
    [
      'a proxy is of another control plane',
      { pods: [{ proxy: proxyImage, revision: '1-30-0' }] },
      'pod shop/web-0 has a proxy of revision 1-30-0',
    ],
    [
      'a proxy has another version',
      { pods: [{ proxy: 'proxyv2:1.30.0' }] },
      'pod shop/web-0 has a proxy of 1.30.0',
    ],
    ['pods are missing', { pods: [], replicas: 2 }, 'Deployment shop/web has 0 of 2 pods'],
    [
      'a proxy does not answer',
      { pods: [{ proxy: proxyImage }] },
      'the proxy of pod shop/web-0 does not answer',
    ],
  ])('are waited for while %s', async (_name, options, line) => {
    expect(await look(workload('web', options), istiod(1))).toEqual({
      state: 'waiting',
      for: [expect.stringContaining(line) as string],
    });
  });

  it('are waited for while istiod counts fewer than there are', async () => {
    expect(await look(workload('web'), { 'shop/web-0:15090': proxyStatistics(), ...istiod(0) })).toEqual({
      state: 'waiting',
      for: ['istiod counts 0 connected proxies, of 1 that run'],
    });
  });

  it('are waited for while istiod does not answer', async () => {
    expect(await look(workload('web'), { 'shop/web-0:15090': proxyStatistics() })).toMatchObject({
      state: 'waiting',
    });
  });

  it('have failed when one rejected configuration, whatever the others do', async () => {
    const objects = workload('web', { pods: [{ proxy: proxyImage }, { proxy: proxyImage }, {}] });
    const answers = {
      'shop/web-0:15090': proxyStatistics({ rejected: 2 }),
      'shop/web-1:15090': proxyStatistics(),
      ...istiod(2),
    };
    expect(await look(objects, answers)).toMatchObject({
      state: 'failed',
      reason: '1 proxy rejected configuration since they started: shop/web-0 (listeners).',
      remedy: expect.stringContaining('ACK ERROR') as string,
    });
  });

  it('have failed when istiod counts rejected routes of one, and not when they are those of a pod that is gone', async () => {
    const rejected = (pod: string) => ({
      'shop/web-0:15090': proxyStatistics(),
      'istio-system/istiod-1-31-0-1:15014': `pilot_xds{version="1.31.0"} 1\npilot_xds_rds_reject{err="Internal",node="${pod}.shop"} 1\n`,
    });
    expect(await look(workload('web'), rejected('web-0'))).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('shop/web-0 (routes)') as string,
    });
    expect(await look(workload('web'), rejected('gone'))).toMatchObject({ state: 'healthy' });
  });

  it('that are none are said to be none', async () => {
    expect(await look([], istiod(0))).toMatchObject({
      state: 'healthy',
      note: expect.stringContaining('no enrolled workloads to check: no pod runs in shop') as string,
    });
    expect(await verify('verify', verifyChange(), fakeContext({ objects: controlPlane() }))).toMatchObject({
      state: 'healthy',
      note: expect.stringContaining('enrolls no workloads') as string,
    });
  });

  it('leave out what opts out or cannot be restarted, and say so', async () => {
    const optedOut = workload('agent', {
      pods: [{}],
      template: { labels: { 'sidecar.istio.io/inject': 'false' } },
    });
    const job: KubernetesObject = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: 'job-1',
        namespace: 'shop',
        ownerReferences: [{ kind: 'Job', name: 'job', controller: true }],
      },
      spec: { containers: [{ name: 'app' }] },
      status: { phase: 'Running' },
    };
    const answers = { 'shop/web-0:15090': proxyStatistics(), ...istiod(1) };
    expect(await look([...workload('web'), ...optedOut, job], answers)).toMatchObject({
      state: 'healthy',
      note: expect.stringContaining(
        'not in the mesh: Deployment shop/agent opts out, pod shop/job-1 has no workload to restart',
      ) as string,
    });
  });

  it('are not asked while the control plane is not healthy', async () => {
    const change = verifyChange('shop');
    expect(await verify('verify', change, fakeContext({ objects: workload('web') }))).toMatchObject({
      state: 'waiting',
    });
  });

  it('are waited for by name, and beyond twenty by count', async () => {
    const verification = await look(workload('web', { pods: Array.from({ length: 30 }, () => ({})) }), {});
    expect(verification).toMatchObject({ state: 'waiting' });
    expect(verification.state === 'waiting' && verification.for.slice(19)).toEqual([
      expect.stringContaining('web-19') as string,
      'and 10 more',
    ]);
  });

  it('are no state of the mesh when the right to ask is missing', async () => {
    const context = fakeContext({ objects: [...controlPlane(), ...workload('web')] });
    const refusal = new MeshwrightError('CLUSTER_UNAUTHORIZED', 'get pods/proxy is not allowed');
    const cluster = { ...context.cluster, getFromPod: () => Promise.reject(refusal) };
    await expect(verify('verify', verifyChange('shop'), { ...context, cluster })).rejects.toBe(refusal);
  });
});

describe('a control plane that is about to go', () => {
  const old = {
    type: 'istio',
    version: '1.30.0',
    mode: 'sidecar',
    revision: '1-30-0',
    enrolledNamespaces: [],
  };
  const answers = { 'shop/web-0:15090': proxyStatistics(), ...istiod(1) };
  const lookAfter = (objects: KubernetesObject[], before?: typeof old) =>
    verify(
      'verify',
      { ...verifyChange('shop'), ...(before === undefined ? {} : { before }) },
      fakeContext({ objects: [...controlPlane(), ...workload('web'), ...objects], answers }),
    );
  const left = workload('api', { namespace: 'team-b', pods: [{ proxy: proxyImage, revision: '1-30-0' }] });

  it('is waited for while a pod anywhere has a proxy of it', async () => {
    expect(await lookAfter(left, old)).toEqual({
      state: 'waiting',
      for: ['pod team-b/api-0 still has a proxy of revision 1-30-0, whose control plane is about to go'],
    });
  });

  it('is waited for where an interrupted change left it', async () => {
    const managedFields = [{ manager: 'meshwright', operation: 'Apply' }];
    const labels = { app: 'istiod', 'istio.io/rev': '1-30-0' };
    const leftover = istiodDeployment({
      revision: '1-30-0',
      metadata: { name: 'istiod-1-30-0', labels, managedFields },
    });
    expect(await lookAfter([...left, leftover])).toMatchObject({ state: 'waiting' });
  });

  it('may go once no proxy is left of it', async () => {
    expect(await lookAfter([], old)).toMatchObject({
      state: 'healthy',
      note: expect.stringContaining('no proxy is left of revision 1-30-0') as string,
    });
  });

  it('is none where the control plane stays', async () => {
    expect(await lookAfter(left, { ...old, revision: '1-31-0' })).toMatchObject({ state: 'healthy' });
  });
});

describe('what a proxy says of itself', () => {
  it.each<[string, Parameters<typeof proxyStatistics>[0], string]>([
    ['in sync', {}, 'in-sync'],
    ['without a stream', { streams: 0 }, 'waiting'],
    ['without clusters', { clusters: 0 }, 'waiting'],
    ['without listeners', { listeners: 0 }, 'waiting'],
    ['after a rejection', { rejected: 1, streams: 0 }, 'rejecting'],
  ])('is judged %s', (_name, statistics, kind) => {
    expect(judgeProxy('shop/web-0', proxyStatistics(statistics)).kind).toBe(kind);
  });

  it('is never in sync unless it says everything', () => {
    const lines = proxyStatistics().split('\n');
    fc.assert(
      fc.property(fc.subarray(lines), fc.string(), (kept, noise) => {
        const needed = lines.filter((line) => /success|rq_active/.test(line) && !line.startsWith('#'));
        const isComplete = needed.every((line) => kept.includes(line));
        expect(judgeProxy('p', [noise.replace(/envoy/g, ''), ...kept].join('\n')).kind === 'in-sync').toBe(
          isComplete,
        );
      }),
    );
  });

  it('counts the stream to istiod and not those of other clusters', () => {
    const text =
      proxyStatistics({ streams: 0 }) + 'envoy_cluster_upstream_rq_active{cluster_name="outbound"} 4\n';
    expect(judgeProxy('p', text).kind).toBe('waiting');
  });
});

describe('the Prometheus text', () => {
  it('gives samples with and without labels and time stamps, and passes over the rest', () => {
    const text = '# HELP a b\na 1\na{x="1,}"} 2.5 1700000000\nb 3\na NaN\na\n a 7\na{ 1\n';
    expect(samplesOf(text, new Set(['a']))).toEqual([
      { name: 'a', labels: {}, value: 1 },
      { name: 'a', labels: { x: '1,}' }, value: 2.5 },
    ]);
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => Array.isArray(samplesOf(text, new Set(['a'])))));
  });
});
