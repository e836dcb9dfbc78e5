import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeBlock, failureSection, summary, table, workflowLink } from './markdown.ts';

describe('codeBlock', () => {
  it('cannot be left early and is bounded', () => {
    expect(codeBlock('a\n```\nb')).toBe('````\na\n```\nb\n````');
    expect(codeBlock('x'.repeat(9_000)).length).toBeLessThan(4_100);
  });
});

describe('summary', () => {
  it('stays below 200 bytes and on one line whatever it is given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        expect(encodeURIComponent(summary(text)).replaceAll(/%../g, 'x').length).toBeLessThanOrEqual(190);
        expect(summary(text)).not.toContain('\n');
      }),
    );
    expect(summary('short')).toBe('short');
  });
});

describe('workflowLink', () => {
  it('keeps the slash of a workflow id out of the path', () => {
    expect(workflowLink('default', 'change:local/istio')).toBe(
      '[change:local/istio](/namespaces/default/workflows/change%3Alocal%2Fistio)',
    );
  });
});

describe('failureSection', () => {
  it('says where, why and what to do', () => {
    const failure = {
      code: 'NOT_READY',
      message: 'no | pods',
      stage: 'base',
      remedy: 'wait',
      lines: ['a', 'b'],
    };
    expect(failureSection(failure)).toBe(
      '**Failed** at stage `base` with `NOT_READY`: no \\| pods\n\n```\na\nb\n```\n\n**Remedy:** wait',
    );
    expect(failureSection({ code: 'X', message: 'm', where: 'local' })).toBe(
      '**Failed** on `local` with `X`: m',
    );
  });
});

describe('table', () => {
  it('writes what the Temporal UI renders', () => {
    expect(table(['a', 'b'], [['1', '2']])).toBe('| a | b |\n| --- | --- |\n| 1 | 2 |');
  });
});
