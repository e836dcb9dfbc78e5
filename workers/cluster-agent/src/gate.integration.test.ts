import {
  Arrivals,
  type GatePlan,
  LatencyClock,
  LoadProtocol,
  type PatternSnapshot,
  type PerformanceProfileSpec,
  type Plan,
} from '@meshwright/model';
import { createLoadRegistry, type LoadPlugin } from '@meshwright/plugin-sdk';
import { describe, expect, it } from 'vitest';
import { closeProbes } from './probes/close-probes.ts';
import { openProbes } from './probes/open-probes.ts';
import { type Bench, openBench } from './test-support/bench.ts';
import { configMap, meshSpec } from './test-support/small-mesh.ts';

function generator(id: string, resident: boolean): LoadPlugin {
  return {
    id,
    title: id,
    capabilities: {
      protocols: Object.values(LoadProtocol),
      arrivals: [Arrivals.uniform],
      clock: LatencyClock.sent,
      ...(resident ? { resident } : {}),
    },
    unavailable: () => Promise.resolve(undefined),
    run: () => Promise.reject(new Error('Planning sends nothing.')),
  };
}

async function benchWithGenerators(): Promise<Bench> {
  const bench = await openBench();
  bench.tools.generators = createLoadRegistry([generator('builtin', false), generator('fortio', true)]);
  return bench;
}

const performance = {
  profile: 'performance/shop.yaml',
  gate: { p99: { relative: 0.2 } },
  onRegression: 'rollback',
  onInconclusive: 'hold',
} as const;

function profileOf(spec: Partial<PerformanceProfileSpec>): NonNullable<PatternSnapshot['profile']> {
  return {
    apiVersion: 'meshwright.dev/v1alpha1',
    kind: 'PerformanceProfile',
    metadata: { name: 'shop' },
    spec: {
      generator: 'fortio',
      endpoints: [{ name: 'cart', protocol: LoadProtocol.http1, address: 'http://cart.shop:8080/list?n=1' }],
      load: {
        rate: 150,
        connections: 4,
        warmUpSeconds: 1,
        seconds: 20,
        arrivals: Arrivals.uniform,
        timeoutSeconds: 5,
      },
      contrast: 'auto',
      looks: [7],
      limits: { p50: {}, p99: { relative: 0.1 } },
      ...spec,
    },
  };
}

/** The plan of a change of configuration after an installation, or of a new version. */
async function planOf(bench: Bench, spec: Partial<PerformanceProfileSpec>, version = '1.0.0'): Promise<Plan> {
  await bench.plan();
  await bench.carryOut();
  return bench.plan({
    spec: { performance, mesh: meshSpec(version) },
    resources: [configMap(bench.namespace, 'native')],
    profile: profileOf(spec),
  });
}

function gateOf({ gate }: Plan): GatePlan {
  if (gate === undefined) throw new Error('The plan has no gate.');
  return gate;
}

describe('the gate of a plan', () => {
  it('of a change of configuration is before and after with a control, from pods that stay', async () => {
    const bench = await benchWithGenerators();
    const plan = await planOf(bench, { probes: { create: true } });
    const gate = gateOf(plan);
    const [client, control] = [
      `meshwright-${bench.namespace}-client`,
      `meshwright-${bench.namespace}-control`,
    ];
    expect(gate).toMatchObject({
      contrast: 'D3',
      probes: { namespaces: [client, control], staysOpen: true },
      measurements: [
        {
          endpoint: 'cart',
          paths: {
            b: { probe: { namespace: client }, endpoint: { address: 'http://cart.shop:8080/list?n=1' } },
          },
          control: { probe: { namespace: control }, endpoint: { address: 'http://127.0.0.1:8080/list?n=1' } },
        },
      ],
      metrics: [
        { name: 'p50', limit: {} },
        { name: 'p99', limit: { relative: 0.2 } },
      ],
    });
    expect(gate.watch).toEqual(gate.measurements[0]?.paths.b);
    const namespaces = plan.probes?.filter(({ kind }) => kind === 'Namespace') ?? [];
    expect(namespaces.map(({ metadata }) => metadata.labels?.small)).toEqual(['yes', undefined]);
  });

  it('of a new control plane beside the old one is between both, before anything else changes', async () => {
    const bench = await benchWithGenerators();
    const gate = gateOf(await planOf(bench, { probes: { create: true } }, '2.0.0'));
    expect(gate).toMatchObject({ contrast: 'D1', afterStage: 'control-plane', probes: { staysOpen: false } });
    const [measurement] = gate.measurements;
    expect(measurement?.paths).toMatchObject({
      a: {
        cost: { revision: '1-0-0' },
        endpoint: { address: expect.stringMatching(/-before:8080\/list/) as string },
      },
      b: {
        cost: { revision: '2-0-0' },
        endpoint: { address: expect.stringMatching(/-after:8080\/list/) as string },
      },
    });
    expect(gate.watch).toBeUndefined();
  });

  it('without a control is advice, from the load agent', async () => {
    const bench = await benchWithGenerators();
    const gate = gateOf(await planOf(bench, { generator: 'builtin', contrast: 'D1' }));
    expect(gate).toMatchObject({
      contrast: 'advisory',
      agent: 'local',
      measurements: [{ paths: { a: {} } }],
    });
    expect(gate.reason).toContain('D1 was asked for');
    expect(gate.measurements[0]?.paths.a.probe).toBeUndefined();
  });

  it('switches a change of configuration on and off where that is asked for, and nothing more than that', async () => {
    const bench = await benchWithGenerators();
    const spec = { generator: 'builtin', contrast: 'D2' } as const;
    expect(gateOf(await planOf(bench, spec))).toMatchObject({ contrast: 'D2' });
    const other = await benchWithGenerators();
    const gate = gateOf(await planOf(other, spec, '2.0.0'));
    expect(gate).toMatchObject({ contrast: 'advisory' });
    expect(gate.reason).toContain('D2 was asked for');
  });

  it('of an installation is reported and never acted on', async () => {
    const bench = await benchWithGenerators();
    const profile = profileOf({ probes: { create: true } });
    const plan = await bench.plan({ spec: { performance }, profile });
    expect(gateOf(plan)).toMatchObject({ onRegression: 'report', onInconclusive: 'report' });
  });

  it('is none where nothing changes, or where its probes come with the change', async () => {
    const bench = await benchWithGenerators();
    const profile = profileOf({ probes: { create: true } });
    await bench.plan({ spec: { performance }, profile });
    await bench.carryOut();
    expect((await bench.plan({ spec: { performance }, profile })).gate).toBeUndefined();
    const brought = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'client', namespace: 'shop' },
    };
    const plan = await bench.plan({
      spec: { performance },
      workloads: [{ namespace: 'shop', enroll: true, objects: [brought] }],
      profile: profileOf({
        probes: {
          create: false,
          use: { client: { namespace: 'shop', name: 'client' }, server: { namespace: 'shop', name: 'cart' } },
        },
      }),
    });
    expect(plan.gate).toBeUndefined();
    expect(plan.warnings).toContainEqual(expect.stringContaining('not measured'));
  });

  it.each([
    [
      'a probe that is nowhere',
      { probes: { create: false, use: { client: nowhere(), server: nowhere() } } },
      'INVALID_PATTERN',
    ],
    ['a generator that no pod can run', { generator: 'builtin', probes: { create: true } }, 'UNSUPPORTED'],
    ['a generator that nobody has', { generator: 'none' }, 'UNKNOWN_PLUGIN'],
  ] as const)('refuses %s before anything changes', async (_, spec, code) => {
    const bench = await benchWithGenerators();
    await expect(planOf(bench, spec as Partial<PerformanceProfileSpec>)).rejects.toMatchObject({ code });
  });
});

function nowhere(): { namespace: string; name: string } {
  return { namespace: 'shop', name: 'absent' };
}

describe('the probes of a plan', () => {
  it('are there once they are opened, and gone with their namespaces once they are closed', async () => {
    const bench = await benchWithGenerators();
    const plan = await planOf(bench, { probes: { create: true } });
    const { signal } = new AbortController();
    const { cluster } = bench;
    const tell = (): void => undefined;
    for (const time of ['first', 'again']) {
      const { note } = await openProbes(plan, { cluster, signal, tell });
      expect(note, time).toBe('2 namespaces with probes');
    }
    const [namespace = ''] = gateOf(plan).probes?.namespaces ?? [];
    const pods = await cluster.list({ apiVersion: 'v1', kind: 'Pod', namespace });
    expect(pods.map(({ metadata }) => metadata.labels?.app)).toEqual(['client']);
    expect((await closeProbes(plan, { cluster, signal })).note).toBe('2 namespaces deleted');
    expect(await cluster.get({ apiVersion: 'v1', kind: 'Namespace', name: namespace })).toBeUndefined();
    expect((await closeProbes(plan, { cluster, signal })).note).toBe('0 namespaces deleted');
  });
});
