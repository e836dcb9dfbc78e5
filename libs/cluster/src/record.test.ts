import { type KubernetesObject } from '@meshwright/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasHolds, readRecordData, recordData, type TargetRecord } from './record.ts';

const record: TargetRecord = {
  plan: `sha256:${'a'.repeat(64)}`,
  commit: 'c'.repeat(40),
  snapshot: `sha256:${'b'.repeat(64)}`,
  rollout: 'rollout:checkout@cccccccccccc',
  mesh: { type: 'istio', version: '1.31.0', revision: '1-31-0' },
  outcome: 'kept',
  at: 1_700_000_000_000,
};

function parent(data: Record<string, string | null>): KubernetesObject {
  const kept = Object.entries(data).filter(([, value]) => value !== null);
  const metadata = { name: 'checkout', namespace: 'meshwright-system' };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: Object.fromEntries(kept) };
}

describe('a record of a target', () => {
  it('reads as it was written', () => {
    const holds = fc.uniqueArray(
      fc.record({ commit: fc.string({ minLength: 1 }), reason: fc.string(), at: fc.nat() }),
      { selector: ({ commit }) => commit, minLength: 1, maxLength: 20 },
    );
    fc.assert(
      fc.property(holds, (held) => {
        const read = readRecordData(parent(recordData({ ...record, held })));
        expect(read).toEqual({ ...record, held: [...held].sort((left, right) => right.at - left.at) });
      }),
    );
    expect(readRecordData(parent(recordData(record)))).toEqual(record);
    expect(readRecordData(parent({ pattern: 'checkout' }))).toBeUndefined();
  });

  it('keeps the newest twenty holds, each commit once, and short reasons', () => {
    const held = Array.from({ length: 30 }, (_, index) => ({
      commit: `commit-${index % 25}`,
      reason: 'x'.repeat(5_000),
      at: index,
    }));
    const read = readRecordData(parent(recordData({ ...record, held })));
    expect(read?.held).toHaveLength(20);
    expect(read?.held?.[0]).toMatchObject({ commit: 'commit-4', at: 29 });
    expect(new Set(read?.held?.map(({ commit }) => commit)).size).toBe(20);
    expect(JSON.stringify(recordData({ ...record, held })).length).toBeLessThan(25_000);
  });

  it('says whether commits are held', () => {
    const held = [{ commit: 'c', reason: 'it failed', at: 1 }];
    expect(hasHolds(parent(recordData({ ...record, held })))).toBe(true);
    expect(hasHolds(parent(recordData({ ...record, held: [] })))).toBe(false);
    expect(hasHolds(parent(recordData(record)))).toBe(false);
  });

  it.each([
    ['{', '[]'],
    ['{}', '[]'],
    [JSON.stringify({ ...record, outcome: 'lost' }), '[]'],
    [JSON.stringify(record), '[{}]'],
    [JSON.stringify(record), '[{"commit":'],
  ])('is refused where somebody broke it, with the way out: %#', (text, held) => {
    expect(() => readRecordData(parent({ record: text, held }))).toThrow(
      expect.objectContaining({
        code: 'INVALID_INPUT',
        details: { remedy: expect.stringContaining('"record" and "held"') as string },
      }) as Error,
    );
  });
});
