import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redacted, shown } from './shown.ts';

describe('foreign text as it is shown', () => {
  it.each([
    [`token ghp_${'a1B2'.repeat(9)} here`, `token ${redacted} here`],
    [`glpat-${'x9Y8'.repeat(5)}`, redacted],
    [`xoxb-1234567890-abcdef`, redacted],
    [`AKIAIOSFODNN7EXAMPLE`, redacted],
    ['password: hunter2', `password: ${redacted}`],
    ['Authorization: Bearer abc123', `Authorization: Bearer ${redacted}`],
    ['https://ci:hunter2@git.example.com/x', `https://${redacted}@git.example.com/x`],
    [`-----BEGIN RSA PRIVATE KEY-----MIIE`, redacted],
  ])('says %s without its secret', (text, expected) => {
    expect(shown(text, 200)).toBe(expected);
  });

  it.each([
    'Rotate the token of staging',
    'imagePullSecret: regcred',
    'a bearer of news',
    'ask ada@example.com',
  ])('leaves "%s" as it is', (text) => {
    expect(shown(text, 200)).toBe(text);
  });

  it('takes a secret away that what is shown would cut in two', () => {
    expect(shown(`${'x'.repeat(20)} ghp_${'a1B2'.repeat(9)}`, 30)).not.toContain('ghp_a');
  });

  it('is one line of at most so many characters, whatever it is given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 100 }), (text, most) => {
        const clean = shown(text, most);
        expect(Array.from(clean).length).toBeLessThanOrEqual(most);
        expect(clean).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069\u200b]/u);
      }),
    );
  });

  it('takes 10 MB of what looks like the beginning of secrets', () => {
    for (const piece of ['-----BEGIN PRIVATE KEY-----', 'eyJaaaaaaaa.', 'a://', 'password ', '\u202e']) {
      expect(shown(piece.repeat(10_000_000 / piece.length), 300).length).toBeLessThanOrEqual(600);
    }
  });
});
