import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fillQuery, replacePlaceholders } from './golden-signals.ts';

const about = { namespace: 'shop', workload: 'cart', windowSeconds: 60 };

it('puts names and the window where a query wants them', () => {
  const promql = 'rate(x{n="{{namespace}}", w="{{workload}}", p=~"{{workload:pattern}}-.*"}[{{window}}])';
  expect(fillQuery({ promql }, about)).toBe('rate(x{n="shop", w="cart", p=~"cart-.*"}[60s])');
});

it('escapes what a string and a regular expression take for themselves', () => {
  const promql = 'x{w="{{workload}}", p=~"{{workload:pattern}}"}';
  const workload = 'a.b"c\\d\ne';
  expect(fillQuery({ promql }, { ...about, workload })).toBe(
    String.raw`x{w="a.b\"c\\d\ne", p=~"a\\.b\"c\\\\d\ne"}`,
  );
});

it('takes names that look like placeholders or replacement patterns for names', () => {
  const promql = '"{{namespace}}" "{{workload}}"';
  expect(fillQuery({ promql }, { ...about, namespace: '{{workload}}', workload: "$&$'" })).toBe(
    `"{{workload}}" "$&$'"`,
  );
});

it('gives a string that reads back as the name, whatever the name is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (workload) => {
      const filled = fillQuery({ promql: '"{{workload}}"' }, { ...about, workload });
      expect(filled).toMatch(/^"(?:[^"\\\n]|\\["\\n])*"$/s);
      const read = filled
        .slice(1, -1)
        .replaceAll(/\\(.)/g, (_whole, escape: string) => (escape === 'n' ? '\n' : escape));
      expect(read).toBe(workload);
    }),
  );
});

it('gives a pattern that matches the name and nothing else', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (workload, other) => {
      const filled = fillQuery({ promql: '{{workload:pattern}}' }, { ...about, workload });
      const pattern = new RegExp(`^(?:${filled.replaceAll(/\\(.)/gs, '$1')})$`);
      expect(pattern.test(workload)).toBe(true);
      expect(pattern.test(other)).toBe(other === workload);
    }),
  );
});

it('refuses a window that is not a number of seconds', () => {
  for (const windowSeconds of [0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => fillQuery({ promql: '{{window}}' }, { ...about, windowSeconds })).toThrow(RangeError);
  }
});

it('leaves trusted texts as they are', () => {
  const texts = {
    namespace: '$namespace',
    workload: '$w',
    workloadPattern: '$p',
    window: '$__rate_interval',
  };
  expect(replacePlaceholders('{{namespace}} {{workload}} {{workload:pattern}} {{window}}', texts)).toBe(
    '$namespace $w $p $__rate_interval',
  );
});
