import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { Diagnostic } from '@meshwright/model';
import { boundDiagnostics, nameOfInvalid } from './invalid-files.ts';

vi.setConfig({ testTimeout: 30_000 });

function diagnostic(message: string, severity: Diagnostic['severity'] = 'error'): Diagnostic {
  return { code: 'x', severity, message, file: 'a.yaml' };
}

describe('the name of an invalid file', () => {
  it('is its path with dots for slashes', () => {
    expect(nameOfInvalid('patterns/shop/checkout.yaml', new Set())).toBe('patterns.shop.checkout.yaml');
  });

  it('is unique, short and plain whatever the path is', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ unit: 'binary', maxLength: 300 })), (paths) => {
        const taken = new Set<string>();
        for (const path of paths) {
          const name = nameOfInvalid(path, taken);
          expect(taken).not.toContain(name);
          expect(name).toMatch(/^[A-Za-z0-9._-]{0,113}$/);
          taken.add(name);
        }
      }),
    );
  });

  it('tells files apart whose paths differ in a dot', () => {
    const first = nameOfInvalid('a/b.yaml', new Set());
    expect(nameOfInvalid('a.b.yaml', new Set([first]))).not.toBe(first);
  });
});

describe('the diagnostics of an invalid file', () => {
  it('are kept whole when they are few', () => {
    const few = [diagnostic('one'), diagnostic('two', 'warning')];
    expect(boundDiagnostics(few)).toEqual(few);
  });

  it('are the errors first when they are many, and say how many are left out', () => {
    const warnings = Array.from({ length: 30 }, (_, index) => diagnostic(`w${index}`, 'warning'));
    const bounded = boundDiagnostics([...warnings, diagnostic('the error')]);
    expect(bounded).toHaveLength(20);
    expect(bounded[0]?.message).toBe('the error');
    expect(bounded.at(-1)?.message).toContain('and 11 more');
  });

  it('have their long texts shortened', () => {
    const long = {
      ...diagnostic('m'.repeat(9_999)),
      source: 's'.repeat(9_999),
      suggestion: 't'.repeat(9_999),
    };
    expect(JSON.stringify(boundDiagnostics([long])).length).toBeLessThan(1_200);
  });
});
