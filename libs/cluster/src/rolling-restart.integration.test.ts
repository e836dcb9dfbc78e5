import { referenceOf, type KubernetesObject } from '@meshwright/model';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { applyObjects } from './apply.ts';
import { type ClusterClient } from './client.ts';
import { waitUntilReady } from './readiness.ts';
import { restartWorkloads, type RestartProgress } from './rolling-restart.ts';
import { deployment, eventually, namespaceObject, testClient, uniqueName } from './test-support/testbed.ts';

const at = '2026-01-01T00:00:00.000Z';

let client: ClusterClient;
let namespace: string;

beforeEach(async () => {
  client = testClient();
  namespace = uniqueName('restart');
  await applyObjects(client, [namespaceObject(namespace)]);
});

async function runs(workloads: readonly KubernetesObject[]): Promise<void> {
  await applyObjects(client, workloads);
  const report = await waitUntilReady(client, workloads, { timeoutMs: 60_000 });
  expect(report).toMatchObject({ ready: true });
}

function budget(name: string, selector: object, minAvailable: number): KubernetesObject {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name, namespace },
    spec: { minAvailable, selector },
  };
}

/** The restarts that are sent, each with how many workloads were done by then. */
function followRestarts(): { sent: [string, number][]; onProgress: (progress: RestartProgress) => void } {
  const sent: [string, number][] = [];
  let done = 0;
  const send = client.transport.send.bind(client.transport);
  vi.spyOn(client.transport, 'send').mockImplementation((request) => {
    if (request.method === 'PATCH') sent.push([/deployments\/([^?]+)/.exec(request.path)?.[1] ?? '', done]);
    return send(request);
  });
  return {
    sent,
    onProgress: (progress) => {
      done = progress.done;
    },
  };
}

async function restartedAt(workloads: readonly KubernetesObject[]): Promise<(string | undefined)[]> {
  return Promise.all(
    workloads.map(async (workload) => {
      const live = await client.get(referenceOf(workload));
      const template = (live?.spec as { template: KubernetesObject }).template;
      return template.metadata.annotations?.['meshwright.dev/restarted-at'];
    }),
  );
}

describe('restartWorkloads', () => {
  it('restarts a few at once, in order, the next ones when these are ready', async () => {
    const workloads = ['a', 'b', 'c'].map((name) => deployment(namespace, name));
    await runs(workloads);
    const { sent, onProgress } = followRestarts();
    const references = workloads.map(referenceOf);
    const result = await restartWorkloads(client, references, {
      reason: 'new proxy',
      at,
      atOnce: 2,
      timeoutMs: 60_000,
      onProgress,
    });
    expect(sent).toEqual([
      ['a', 0],
      ['b', 0],
      ['c', 2],
    ]);
    expect(result).toEqual({ restarted: references, skipped: [] });
    expect(await restartedAt(workloads)).toEqual([at, at, at]);
  });

  it('waits for a PodDisruptionBudget that allows nothing, and goes on when it does', async () => {
    const web = deployment(namespace, 'web');
    await runs([web]);
    const strict = budget('strict', { matchLabels: { app: 'web' } }, 1);
    await applyObjects(client, [strict]);
    const waited: string[] = [];
    const restart = restartWorkloads(client, [referenceOf(web)], {
      reason: 'new proxy',
      at,
      atOnce: 1,
      timeoutMs: 60_000,
      onProgress: ({ waitingFor }) => waited.push(...waitingFor),
    });
    const line = `Deployment ${namespace}/web: waits for PodDisruptionBudget ${namespace}/strict`;
    await eventually(() => Promise.resolve(waited.includes(line) ? true : undefined));
    expect(await restartedAt([web])).toEqual([undefined]);
    await applyObjects(client, [budget('strict', { matchLabels: { app: 'web' } }, 0)]);
    expect(await restart).toMatchObject({ restarted: [{ name: 'web' }] });
  });

  it('touches nothing under a budget that never allows it, and names the budget', async () => {
    const web = deployment(namespace, 'web');
    await runs([web]);
    await applyObjects(client, [budget('strict', {}, 1)]);
    await eventually(async () => {
      const live = await client.get(referenceOf(budget('strict', {}, 1)));
      return (live?.status as { expectedPods?: number } | undefined)?.expectedPods === 1 ? true : undefined;
    });
    const restart = restartWorkloads(client, [referenceOf(web)], {
      reason: 'x',
      at,
      atOnce: 1,
      timeoutMs: 500,
    });
    await expect(restart).rejects.toMatchObject({
      code: 'NOT_READY',
      message: expect.stringContaining(`waits for PodDisruptionBudget ${namespace}/strict`) as string,
      details: { remedy: expect.stringContaining(`${namespace}/strict`) as string },
    });
    expect(await restartedAt([web])).toEqual([undefined]);
  });

  it('restarts a workload without a ready pod whatever its budget says', async () => {
    const web = deployment(namespace, 'web', {
      annotations: { 'testbed.meshwright.dev/never-ready': 'true' },
    });
    await applyObjects(client, [web, budget('strict', {}, 1)]);
    const restart = restartWorkloads(client, [referenceOf(web)], {
      reason: 'x',
      at,
      atOnce: 1,
      timeoutMs: 1_500,
    });
    await expect(restart).rejects.toMatchObject({
      code: 'NOT_READY',
      message: expect.not.stringContaining('PodDisruptionBudget') as string,
    });
    expect(await restartedAt([web])).toEqual([at]);
  });

  it('never restarts two workloads under one budget together', async () => {
    const workloads = ['a', 'b'].map((name) => deployment(namespace, name));
    await runs(workloads);
    await applyObjects(client, [budget('both', {}, 1)]);
    const { sent, onProgress } = followRestarts();
    await restartWorkloads(client, workloads.map(referenceOf), {
      reason: 'x',
      at,
      atOnce: 5,
      timeoutMs: 60_000,
      onProgress,
    });
    expect(sent).toEqual([
      ['a', 0],
      ['b', 1],
    ]);
  });

  it('goes on where it stopped and restarts nothing twice', async () => {
    const workloads = ['a', 'b'].map((name) => deployment(namespace, name));
    await runs(workloads);
    const stop = new AbortController();
    const options = { reason: 'x', at, atOnce: 1, timeoutMs: 60_000 };
    const onProgress = ({ done }: RestartProgress): void => {
      if (done === 1) stop.abort(new Error('killed'));
    };
    const references = workloads.map(referenceOf);
    await expect(
      restartWorkloads(client, references, { ...options, onProgress, signal: stop.signal }),
    ).rejects.toThrow('killed');
    expect(await restartedAt(workloads)).toEqual([at, undefined]);
    const { sent } = followRestarts();
    expect(await restartWorkloads(client, references, options)).toEqual({
      restarted: references,
      skipped: [],
    });
    expect(sent.map(([name]) => name)).toEqual(['b']);
  });

  it('leaves out what is gone where that is asked for, and refuses it otherwise before anything restarts', async () => {
    const web = deployment(namespace, 'web');
    await runs([web]);
    const references = [referenceOf(web), referenceOf(deployment(namespace, 'gone'))];
    const options = { reason: 'x', at, atOnce: 2, timeoutMs: 60_000 };
    await expect(restartWorkloads(client, references, options)).rejects.toMatchObject({
      code: 'API_REFUSED',
    });
    expect(await restartedAt([web])).toEqual([undefined]);
    expect(await restartWorkloads(client, references, { ...options, missing: 'skip' })).toEqual({
      restarted: [references[0]],
      skipped: [references[1]],
    });
  });

  it('refuses what would not roll before anything restarts', async () => {
    const paused = deployment(namespace, 'paused');
    Object.assign(paused.spec as object, { paused: true });
    const web = deployment(namespace, 'web');
    await applyObjects(client, [web, paused]);
    const references = [web, paused].map(referenceOf);
    await expect(
      restartWorkloads(client, references, { reason: 'x', at, atOnce: 1, timeoutMs: 1_000 }),
    ).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    expect(await restartedAt([web])).toEqual([undefined]);
  });

  it('is not taken back by the next apply of the same manifest, and leaves its reason', async () => {
    const web = deployment(namespace, 'web');
    await runs([web]);
    const options = { reason: 'new proxy', at, atOnce: 1, timeoutMs: 60_000 };
    await restartWorkloads(client, [referenceOf(web)], options);
    await applyObjects(client, [web], { skipUnchanged: false });
    const live = await client.get(referenceOf(web));
    expect(live?.spec).toMatchObject({
      template: {
        metadata: {
          annotations: { 'meshwright.dev/restarted-at': at, 'meshwright.dev/restart-reason': 'new proxy' },
        },
      },
    });
  });

  it('refuses what has no pods to roll', async () => {
    const reference = { apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'a' };
    const restart = restartWorkloads(client, [reference], { reason: 'x', at, atOnce: 1, timeoutMs: 1_000 });
    await expect(restart).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  });

  it('has nothing to do for no workloads', async () => {
    const options = { reason: 'x', at, atOnce: 1, timeoutMs: 0 };
    expect(await restartWorkloads(client, [], options)).toEqual({ restarted: [], skipped: [] });
  });
});
