import { readFile } from 'node:fs/promises';
import { type NodeUsage, parseResourceMetrics } from '@meshwright/cluster';
import { MeshwrightError, type TrialRecord } from '@meshwright/model';
import { describe, expect, it, vi } from 'vitest';
import type { CostParts } from './cost-parts.ts';
import { costOf, type SeenUsage, type UsageSource, withCost } from './trial-cost.ts';

/**
 * What the kubelet of a real node answered about every 3 s while a fortio in `client` sent 100 requests a second to `server`
 * through two sidecars of Istio, for 3 s and then 12 s; that run's own figures are those of {@link trial}.
 */
const recorded = await Promise.all(
  [0, 1, 2, 3, 4, 5].map(async (place) =>
    parseResourceMetrics(
      await readFile(new URL(`__fixtures__/kubelet-${place}.txt`, import.meta.url), 'utf8'),
    ),
  ),
);
const trial: TrialRecord = {
  generator: { id: 'fortio', version: '1.68.0' },
  startedAt: Date.parse('2026-11-21T22:24:27.675Z'),
  invalid: [],
  requests: 1_199,
  achievedRate: 99.63,
  errors: {},
  measured: { p50: 1.1 },
  latency: '',
};
const load = { warmUpSeconds: 3, seconds: 12 };
const node = 'testbed-node';
const [client, server] = [
  'checkout/client-6ddb8946b7-jrfkl/istio-proxy',
  'checkout/server-79c7b9b7c6-c2qk2/istio-proxy',
];
const parts: CostParts = {
  proxies: [client, server].map((key) => ({ node, key })),
  controlPlane: [{ node, key: 'istio-system/istiod-598896bc8d-z2bfb/discovery' }],
  nodes: [],
};

function seen(answers: readonly NodeUsage[]): SeenUsage {
  const samples: SeenUsage['samples'] = new Map(
    [...parts.proxies, ...parts.controlPlane].map(({ key }) => [
      `${node} ${key}`,
      answers.flatMap(({ containers }) => containers.get(key) ?? []),
    ]),
  );
  return { parts, samples, problems: [] };
}

/** A source that gives one recorded answer after the other, and the last again and again. */
function replaying(answers: readonly NodeUsage[]): UsageSource & { gave(times: number): Promise<void> } {
  let given = 0;
  return {
    parts: () => Promise.resolve(parts),
    read() {
      given += 1;
      const answer = answers[Math.min(given, answers.length) - 1];
      return answer === undefined
        ? Promise.reject(new Error('There is no answer.'))
        : Promise.resolve(answer);
    },
    gave: (times) => vi.waitUntil(() => given >= times).then(() => undefined),
  };
}

describe('the cost of a trial that was recorded', () => {
  it('is what both proxies used for a thousand requests', () => {
    const { measured, cost, noCost } = costOf(trial, load, seen(recorded));
    // By hand from the first and the last answer within the 12 s: 335 ms and 301 ms in 9.3 s.
    const millicores = (0.805384117 - 0.470529887 + (0.768580821 - 0.468059681)) / 9.2945e-3;
    expect(cost?.proxies?.parts).toBe(2);
    expect(cost?.proxies?.millicores).toBeCloseTo(millicores, 0);
    expect(measured.cpu).toBeCloseTo((millicores / 99.63) * 1_000, -1);
    expect(measured.p50).toBe(1.1);
    expect(cost?.proxies?.memory).toBeGreaterThan(50e6);
    expect(cost?.controlPlane?.millicores).toBeLessThan(10);
    expect(noCost).toBeUndefined();
  });

  it('is not told of one proxy alone', () => {
    const [first] = recorded;
    const half = seen(recorded);
    const samples = new Map([...half.samples, [`${node} ${server}`, [first!.containers.get(server)!]]]);
    const { measured, cost, noCost } = costOf(trial, load, { ...half, samples });
    expect(measured).toEqual({ p50: 1.1 });
    expect(cost).toEqual({ controlPlane: expect.anything() as object });
    expect(noCost).toBe(`The kubelet of ${node} gave no two figures of ${server} during the load.`);
  });

  it('comes from the warm-up too where a kubelet seldom renews its figures', () => {
    const second = Date.parse('2026-11-21T22:24:30Z');
    const within = { ...trial, startedAt: second };
    const { cost } = costOf(within, { warmUpSeconds: 8, seconds: 8 }, seen([recorded[1]!, recorded[3]!]));
    expect(cost?.proxies?.millicores).toBeGreaterThan(50);
  });
});

describe('looking while a trial runs', () => {
  it('gives the trial its cost', async () => {
    const source = replaying(recorded);
    const told = await withCost(source, load, () => source.gave(5).then(() => trial), 1);
    expect(told).toEqual({ ...trial, ...costOf(trial, load, seen(recorded)) });
    expect(told.measured.cpu).toBeGreaterThan(500);
  });

  it('leaves the trial as it is, and says why, where nobody may ask', async () => {
    const asked = Promise.withResolvers<TrialRecord>();
    const refused: UsageSource = {
      parts: () => Promise.resolve(parts),
      read() {
        setImmediate(() => {
          asked.resolve(trial);
        });
        return Promise.reject(new MeshwrightError('CLUSTER_UNAUTHORIZED', 'You may not get nodes/proxy.'));
      },
    };
    const told = await withCost(refused, load, () => asked.promise);
    expect(told).toEqual({ ...trial, noCost: 'You may not get nodes/proxy.' });
    const lost: UsageSource = { ...refused, parts: () => Promise.reject(new Error('No pods today.')) };
    expect(await withCost(lost, load, () => Promise.resolve(trial))).toEqual({
      ...trial,
      noCost: 'No pods today.',
    });
  });

  it('fails as the trial fails', async () => {
    const failing = withCost(replaying(recorded), load, () => Promise.reject(new Error('The pod is gone.')));
    await expect(failing).rejects.toThrow('The pod is gone.');
  });
});
