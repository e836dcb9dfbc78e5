import type { BaselineRecord } from '@meshwright/model';

type Change = (record: BaselineRecord) => Partial<BaselineRecord>;

/** What makes a record one that cannot be kept, and the place that the error names. */
export const refusedChanges: [what: string, change: Change, place: string][] = [
  ['an id with a space', () => ({ id: 'run 1' }), 'id '],
  ['an id that is too long', () => ({ id: 'x'.repeat(201) }), 'id '],
  [
    'a name that is too long',
    ({ context }) => ({ context: { ...context, pattern: 'x'.repeat(251) } }),
    'pattern',
  ],
  ['an end before the beginning', ({ startedAt }) => ({ endedAt: startedAt - 1 }), 'endedAt'],
  ['a time that is none', () => ({ startedAt: Number.NaN }), 'startedAt'],
  ['a time that no calendar has', () => ({ endedAt: 1e16 }), 'endedAt'],
  [
    'a cost that is no number',
    () => ({ costs: [{ arm: 'a', name: 'cpu', unit: 's', value: NaN }] }),
    'costs[0]',
  ],
  ['a cost twice', ({ costs = [] }) => ({ costs: [...costs, ...costs] }), 'costs[1]'],
  [
    'a metric twice',
    ({ input }) => ({ input: { ...input, metrics: [...input.metrics, ...input.metrics] } }),
    'input.metrics[2]',
  ],
  [
    'a figure that is no number',
    ({ status }) => {
      const [first] = status.blocks;
      const broken = { ...first!, b: { ...first!.b, measured: { p99: Infinity } } };
      return { status: { ...status, blocks: [broken] } };
    },
    'status.blocks[0].b.measured.p99',
  ],
  [
    'a histogram that is none',
    ({ status }) => {
      const [first] = status.blocks;
      return { status: { ...status, blocks: [{ ...first!, a: { ...first!.a, latency: 'a\0' } }] } };
    },
    'status.blocks[0].a.latency',
  ],
  [
    'more requests than can be counted',
    ({ status }) => {
      const [first] = status.blocks;
      return { status: { ...status, blocks: [{ ...first!, a: { ...first!.a, requests: 1e20 } }] } };
    },
    'status.blocks[0].a',
  ],
  [
    'more blocks than there can be',
    ({ status }) => ({
      status: { ...status, blocks: Array.from({ length: 1_001 }, () => status.blocks[0]!) },
    }),
    'status.blocks',
  ],
];
