import { fillQuery } from '@meshwright/plugin-sdk';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { promqlErrors, promqlParts } from './promql.ts';

it('says where a text is not PromQL', () => {
  expect(promqlErrors('sum by (le) (rate(x{a="b"}[5m]))')).toEqual([]);
  for (const broken of ['sum(rate(x[5m])', 'x{a=b}', 'x{a="b}', 'rate(x[five])', 'x +', '']) {
    expect(promqlErrors(broken), broken).not.toEqual([]);
  }
});

it('sees the same query whatever the names are that it was filled with', () => {
  const query = {
    promql: 'sum(rate(x{n="{{namespace}}", w="{{workload}}", p=~"{{workload:pattern}}-.*"}[{{window}}])) / 2',
  };
  const about = { namespace: 'shop', workload: 'cart', windowSeconds: 60 };
  const usual = withoutText(promqlParts(fillQuery(query, about)));
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .array(fc.constantFrom('"', '\\', '\n', "'", '`', '}', '#', '[', '{{workload}}', ') or vector(1)'))
      .map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(hostile, hostile, (namespace, workload) => {
      const filled = fillQuery(query, { ...about, namespace, workload });
      expect(promqlErrors(filled)).toEqual([]);
      expect(withoutText(promqlParts(filled))).toEqual(usual);
    }),
    { numRuns: 500 },
  );
});

function withoutText(parts: string[]): string[] {
  return parts.map((part) => (part.startsWith('StringLiteral') ? 'StringLiteral' : part));
}
