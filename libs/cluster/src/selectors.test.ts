import { describe, expect, it } from 'vitest';
import { selects } from './selectors.ts';

const labels = { app: 'web', tier: 'front' };

function expression(operator: string, key: string, values?: string[]): object {
  return { matchExpressions: [{ key, operator, ...(values === undefined ? {} : { values }) }] };
}

describe('selects', () => {
  it('picks everything when empty and nothing when absent, as policy/v1 says', () => {
    expect(selects({}, labels)).toBe(true);
    expect(selects(undefined, labels)).toBe(false);
    expect(selects(null, labels)).toBe(false);
  });

  it.each([
    [{ matchLabels: { app: 'web' } }, true],
    [{ matchLabels: { app: 'web', tier: 'back' } }, false],
    [{ matchLabels: { toString: 'x' } }, false],
    [expression('In', 'app', ['db', 'web']), true],
    [expression('In', 'other', ['web']), false],
    [expression('NotIn', 'app', ['db']), true],
    [expression('NotIn', 'other', ['db']), true],
    [expression('NotIn', 'app', ['web']), false],
    [expression('Exists', 'tier'), true],
    [expression('Exists', 'other'), false],
    [expression('DoesNotExist', 'other'), true],
    [expression('DoesNotExist', 'app'), false],
    [expression('Like', 'app', ['web']), false],
    [{ matchLabels: { app: 'web' }, ...expression('DoesNotExist', 'tier') }, false],
  ])('%j: %s', (selector, expected) => {
    expect(selects(selector, labels)).toBe(expected);
  });
});
