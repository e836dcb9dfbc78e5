import {
  Arrivals,
  type BaselineInput,
  Contrast,
  LoadProtocol,
  type TrialRecord,
  Verdict,
} from '@meshwright/model';
import { expect, it } from 'vitest';
import { baselineDetails } from './details.ts';

const input: BaselineInput = {
  name: 'checkout',
  agent: 'local',
  generator: 'builtin',
  contrast: Contrast.concurrent,
  paths: {
    a: { endpoint: { protocol: LoadProtocol.http1, address: 'http://a/' } },
    b: { endpoint: { protocol: LoadProtocol.http1, address: 'http://b/' } },
  },
  load: {
    rate: 150,
    connections: 8,
    warmUpSeconds: 5,
    seconds: 20,
    arrivals: Arrivals.poisson,
    timeoutSeconds: 5,
  },
  metrics: [{ name: 'p99', unit: 'ms' }],
  looks: [7],
  seed: 1,
};

function trial(p99: number, invalid: string[] = []): TrialRecord {
  return {
    generator: { id: 'builtin', version: '0.1.0' },
    startedAt: 0,
    invalid,
    requests: 3_000,
    achievedRate: 150,
    errors: {},
    measured: { p99 },
    latency: '',
  };
}

it('tells what is measured now, and the blocks so far', () => {
  const block = { order: ['b', 'a'] as const, a: trial(12.345), b: trial(13, ['It <lagged>.']) };
  const { name, contrast, metrics } = input;
  const text = baselineDetails(input, {
    name,
    contrast,
    metrics,
    waitingFor: 'block 2, arm A',
    blocks: [block],
  });
  expect(text).toContain('Measuring checkout: block 2, arm A');
  expect(text).toContain('A is `http://a/`, B is `http://b/`');
  expect(text).toContain('| 1 | B, A | 12.35, 13.00 | B: It \\<lagged\\>. |');
});

it('says once why a cost is not known', () => {
  const refused = { ...trial(12), noCost: 'Nobody may ask <it>.' };
  const blocks = [1, 2].map(() => ({ order: ['a', 'b'] as const, a: trial(12), b: refused }));
  const { name, contrast, metrics } = input;
  const text = baselineDetails(input, { name, contrast, metrics, blocks });
  expect(text.split('Not all is known of what it costs: Nobody may ask')).toHaveLength(2);
  expect(text).not.toContain('<it>');
});

it('tells the verdict first, and the figures behind it', () => {
  const { name, contrast, metrics } = input;
  const judged = {
    name: 'p99',
    verdict: Verdict.regressed,
    reason: '',
    blocks: 7,
    ratio: 1.3,
    interval: [1.2, 1.4] as [number, number],
    detectable: 0.08,
  };
  const judgement = {
    id: name,
    verdict: Verdict.regressed,
    reason: 'p99 is 30 % higher.',
    metrics: [judged],
  };
  const text = baselineDetails(input, { name, contrast, metrics, blocks: [], judgement });
  expect(text.split('\n')[0]).toBe('**regressed**: p99 is 30 % higher.');
  expect(text).toContain('| `p99` | **regressed** | 1.300 | 1.200 to 1.400 | 8.0 % | 7 |');
});
