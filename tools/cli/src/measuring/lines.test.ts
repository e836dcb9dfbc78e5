import { type BaselineStatus, Contrast, type TrialRecord, Verdict } from '@meshwright/model';
import { describe, expect, it } from 'vitest';
import { createStyle } from '../render/style.ts';
import { parseLimit } from './limits.ts';
import { blockLine, verdictLines } from './lines.ts';
import { parseProbe } from './probe.ts';

const style = createStyle(false);

function trial(measured: Record<string, number>, invalid: string[] = []): TrialRecord {
  return {
    generator: { id: 'builtin', version: '0.1.0' },
    startedAt: 0,
    invalid,
    requests: 3_000,
    achievedRate: 150,
    errors: {},
    measured,
    latency: '',
  };
}

const status: BaselineStatus = {
  name: 'x',
  contrast: Contrast.concurrent,
  metrics: [{ name: 'p99', unit: 'ms' }],
  blocks: [],
};

describe('a block on the screen', () => {
  it('has both figures and their ratio', () => {
    const block = { order: ['b', 'a'] as const, a: trial({ p99: 12.1 }), b: trial({ p99: 12.9 }) };
    expect(blockLine(block, 0, status, style)).toBe('block  1: p99 12.1 and 12.9 ms (1.066)');
  });

  it('says why it does not count', () => {
    const lagged = trial({}, ['The generator \u001b[31mlagged.']);
    const block = { order: ['a', 'b'] as const, a: lagged, b: trial({ p99: 12 }) };
    const line = blockLine(block, 11, status, style);
    expect(line).toContain('block 12: p99 missing; does not count: A: The generator');
    expect(line).not.toContain('\u001b');
  });
});

describe('a verdict on the screen', () => {
  it('has its reason and the figures of each metric', () => {
    const judgement = {
      id: 'x',
      verdict: Verdict.regressed,
      reason: 'p99 is 30 % higher.',
      metrics: [
        {
          name: 'p99',
          verdict: Verdict.regressed,
          reason: '',
          blocks: 7,
          ratio: 1.3,
          interval: [1.21, 1.4] as [number, number],
          detectable: 0.08,
        },
        { name: 'p50', verdict: Verdict.inconclusive, reason: '', blocks: 3 },
      ],
    };
    expect(verdictLines({ ...status, judgement }, style)).toEqual([
      'regressed after 0 blocks. p99 is 30 % higher.',
      '  p99: regressed, B is 1.300 of A (1.210 to 1.400); 8.0 % could have been seen',
      '  p50: inconclusive',
    ]);
    expect(verdictLines(status, style)).toEqual([]);
  });
});

describe('a limit', () => {
  it('is a percentile and a share', () => {
    expect(parseLimit('p99=10%', parseLimit('p50=2.5%'))).toEqual([
      { name: 'p50', unit: 'ms', limit: { relative: 0.025 } },
      { name: 'p99', unit: 'ms', limit: { relative: 0.1 } },
    ]);
  });

  it.each(['p98=10%', 'p99=10', 'p99', 'errorRate=5%', 'p99=-5%'])('is not %s', (text) => {
    expect(() => parseLimit(text)).toThrow('like p99=10%');
  });

  it('is one of the processor time of proxies', () => {
    expect(parseLimit('cpu=15%')).toEqual([{ name: 'cpu', unit: 'ms', limit: { relative: 0.15 } }]);
  });

  it('is named once', () => {
    expect(() => parseLimit('p99=10%', parseLimit('p99=5%'))).toThrow('twice');
  });
});

describe('a probe', () => {
  it('is a cluster, a namespace and labels, with a port where it is another one', () => {
    expect(parseProbe('local/checkout/app=client')).toEqual({
      cluster: 'local',
      namespace: 'checkout',
      labelSelector: 'app=client',
      port: 8080,
    });
    expect(parseProbe('local/checkout/app=client,tier=web:80')).toMatchObject({ port: 80 });
  });

  it.each(['checkout/app=client', 'local//app=client', 'local/checkout/app=client:port'])(
    'is not %s',
    (text) => {
      expect(() => parseProbe(text)).toThrow('like local/checkout/app=client:8080');
    },
  );
});
