import {
  Arrivals,
  type BaselineBlock,
  type BaselineRecord,
  Contrast,
  LoadProtocol,
  type TrialRecord,
  Verdict,
} from '@meshwright/model';

/** What of a sample is told apart. */
export interface Sample {
  id: string;
  name?: string;
  pattern?: string;
  cluster?: string;
  mesh?: string;
  startedAt?: number;
  blocks?: number;
  /** The p99 of every trial of arm B. */
  p99?: number;
  rate?: number;
}

const day = Date.UTC(2026, 10, 1);

/** A baseline as the workflow ends with it. */
export function sampleRecord(sample: Sample): BaselineRecord {
  const { id, name = 'checkout', pattern = 'checkout-mesh', cluster = 'local', mesh = 'istio' } = sample;
  const { startedAt = day, blocks = 2, p99 = 12, rate = 150 } = sample;
  const metrics = [
    { name: 'p99', unit: 'ms', limit: { relative: 0.1, absolute: 0.5 } },
    { name: 'p50', unit: 'ms' },
  ];
  return {
    id,
    context: {
      repository: 'platform',
      pattern,
      cluster,
      workflow: { id: `baseline:${name}`, runId: id },
      arms: {
        a: { mesh: { type: mesh, version: '1.30.2', revision: '1-30-2' }, commit: 'a'.repeat(40) },
        b: { mesh: { type: mesh, version: '1.31.0' }, configuration: `sha256:${'b'.repeat(64)}` },
      },
    },
    input: {
      name,
      agent: 'local',
      generator: 'builtin',
      contrast: Contrast.concurrent,
      paths: {
        a: {
          endpoint: {
            protocol: LoadProtocol.http1,
            address: 'http://shop-v1:8080/',
            headers: { host: 'shop' },
          },
        },
        b: { endpoint: { protocol: LoadProtocol.http1, address: 'http://shop-v2:8080/' } },
      },
      load: {
        rate,
        connections: 16,
        warmUpSeconds: 5,
        seconds: 20,
        arrivals: Arrivals.uniform,
        timeoutSeconds: 5,
      },
      metrics,
      looks: [7, 10, 13, 16],
      seed: 1,
    },
    status: {
      name,
      contrast: Contrast.concurrent,
      metrics,
      blocks: Array.from({ length: blocks }, (_, place) => sampleBlock(place, startedAt, p99)),
      judgement: {
        id: name,
        verdict: Verdict.passed,
        reason: 'p99 is 1.02 times that of A, under the limit.',
        metrics: [
          {
            name: 'p99',
            verdict: Verdict.passed,
            reason: 'under the limit',
            blocks,
            ratio: 1.02,
            interval: [0.98, 1.06],
            effect: 0.55,
            sd: 0.04,
            detectable: 0.03,
            pValue: 0.2,
            permutationPValue: 0.21,
          },
          { name: 'p50', verdict: Verdict.inconclusive, reason: 'too few blocks', blocks: 0 },
        ],
      },
    },
    startedAt,
    endedAt: startedAt + 600_000,
    costs: [{ arm: 'b', name: 'proxyMemory', unit: 'bytes', value: 52_428_800 }],
  };
}

function sampleBlock(place: number, startedAt: number, p99: number): BaselineBlock {
  const at = startedAt + place * 50_000;
  const order = place % 2 === 0 ? (['a', 'b'] as const) : (['b', 'a'] as const);
  return { order, a: sampleTrial(at, 11), b: sampleTrial(at + 25_000, p99) };
}

function sampleTrial(startedAt: number, p99: number): TrialRecord {
  return {
    generator: { id: 'builtin', version: '0.1.0' },
    startedAt,
    invalid: [],
    requests: 3_000,
    achievedRate: 150,
    errors: { timeout: 1, 'status 503': 2 },
    measured: { p50: 2.5, p99 },
    latency: 'HISTFAAAACx4nJNpmSzMwMDAxAABzFCaEUzOMLBA',
  };
}

/** A baseline whose blocks hold what a control saw. */
export function controlledRecord(sample: Sample): BaselineRecord {
  const record = sampleRecord(sample);
  const blocks = record.status.blocks.map((block) => ({ ...block, controlA: block.a, controlB: block.b }));
  return { ...record, status: { ...record.status, blocks } };
}
