import { fillQuery, type SignalQuery } from '@meshwright/plugin-sdk';
import { promqlErrors } from '@meshwright/plugin-testkit';
import { expect, it } from 'vitest';
import { goldenSignals } from './golden-signals.ts';

const hostile = { namespace: 'a"} or vector(1) #', workload: 'b\\"', windowSeconds: 60 };
const queries = Object.values<SignalQuery | undefined>({ ...goldenSignals().queries }).filter(
  (query) => query !== undefined,
);

it.each(queries)('asks for $title in PromQL, whatever a workload is called', (query) => {
  expect(promqlErrors(fillQuery(query, hostile))).toEqual([]);
  expect(fillQuery(query, { namespace: 'shop', workload: 'web', windowSeconds: 60 })).not.toContain('{{');
});
