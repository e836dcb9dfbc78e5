import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Notice } from '@meshwright/model';
import { commentMarker, htmlCode, markdownText, noticeMarkdown } from '@meshwright/plugin-sdk';
import { hostileMarkup, hostileNotices, lookAlikeSecrets, noticeOf } from '../notices/hostile.ts';
import { sampleNotices } from '../notices/samples.ts';
import { commentFaults, forgeReferences, rendered } from './rendered.ts';

const options = { limit: 65_000, commandPrefix: '/' };

describe('foreign text in a comment', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      ...hostileMarkup,
      '@a',
      '#',
      '!',
      '~',
      '[[',
      ':',
      '/',
      '.',
      '\\',
      '`',
      '\n',
      ' ',
      'GH-1',
      'www.x.y',
    ),
    fc.string({ unit: 'binary', maxLength: 6 }),
  );
  const hostile = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));

  it('is one paragraph of text and nothing else, wherever it stands', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const escaped = markdownText(text);
        for (const around of [escaped, `- ${escaped}`, `## ${escaped}`, `**${escaped}**`, `a ${escaped} b`]) {
          const { links, images, html, fences } = rendered(around);
          expect([links, images, html, fences]).toEqual([[], [], [], []]);
        }
        expect(rendered(`| a |\n| --- |\n| ${escaped} |`).cells).toBe(1);
        expect(escaped).not.toMatch(/^\/|[\n\r]/);
      }),
      { numRuns: 500 },
    );
  });

  it('holds nothing that a forge makes a mention, a reference, a link or a picture of', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const read = rendered(markdownText(text)).text.join('');
        for (const [name, pattern] of Object.entries(forgeReferences)) {
          expect(pattern.exec(read)?.[0], `${name} in ${JSON.stringify(read)}`).toBeUndefined();
        }
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['Deployment istio-system/istiod: update', 'Deployment istio-system/istiod: update'],
    ['p99 12.5 ms < 13 ms (10%)', 'p99 12.5 ms \\< 13 ms (10%\u2060)'],
    ['# no heading', '\\# no heading'],
    ['/approve now', '\\/approve now'],
  ])('reads as before: %s', (text, expected) => {
    expect(markdownText(text)).toBe(expected);
  });

  it('is content of an element and ends none', () => {
    expect(htmlCode(`a</code><script>&"'`)).toBe('<code>a&lt;/code&gt;&lt;script&gt;&amp;&quot;&#39;</code>');
  });
});

describe('the comment of a notice', () => {
  it.each(Object.entries(sampleNotices))('shows %s', async (name, notice) => {
    await expect(noticeMarkdown(notice, options)).toMatchFileSnapshot(`__fixtures__/${name}.md`);
    expect(commentFaults(noticeMarkdown(notice, options), notice, options)).toEqual([]);
  });

  it.each(hostileOnes())('has no markup of hostile texts (%s)', (_name, notice) => {
    const comment = noticeMarkdown(notice, options);
    expect(commentFaults(comment, notice, options)).toEqual([]);
    for (const secret of lookAlikeSecrets) expect(comment).not.toContain(secret);
  });

  it('has no markup of any text, and keeps to its limit', { timeout: 120_000 }, () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...hostileMarkup));
    fc.assert(
      fc.property(
        fc.array(text, { maxLength: 5 }),
        fc.constantFrom(8_000, 20_000, 65_000),
        (texts, limit) => {
          const notice = noticeOf(texts.join(''), 2);
          const comment = noticeMarkdown(notice, { ...options, limit });
          expect(commentFaults(comment, notice, { ...options, limit })).toEqual([]);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('names the plan by its first twelve digits in the lines to copy, with the prefix that is asked for', () => {
    const digits = '4f1c9a7e4f1c';
    const lines = noticeMarkdown(sampleNotices.waiting, options);
    for (const line of [`\`/approve ${digits}\``, `\`/reject ${digits}`, '`/hold', '`/why`', '`/plan`']) {
      expect(lines).toContain(line);
    }
    const prefixed = noticeMarkdown(sampleNotices.waiting, { ...options, commandPrefix: '/meshwright ' });
    expect(prefixed).toContain(`\`/meshwright approve ${digits}\``);
    expect(noticeMarkdown(sampleNotices.kept, options)).not.toContain('/approve');
  });

  it('says first and by name what is deleted', () => {
    const comment = noticeMarkdown(sampleNotices.waiting, options);
    expect(comment).toContain('**🛑 Deletes 3 objects on `production-eu`:**');
    expect(comment.indexOf('Deployment istio-system/istiod-1-30-2')).toBeLessThan(
      comment.indexOf('| Target'),
    );
  });
});

describe('a marker', () => {
  it.each(['rollout:checkout@3f8e', 'a--b', '-->', '--!><b>', ' '])(
    'of %s is one comment and shows nothing',
    (name) => {
      const marker = commentMarker(name);
      expect(marker.slice(4, -3)).not.toMatch(/--|>/);
      expect(rendered(`${marker}\ntext`).html.join('')).toContain(marker);
    },
  );

  it('is another one for another name', () => {
    expect(commentMarker('a--b')).not.toBe(commentMarker('a-b'));
  });
});

function hostileOnes(): (readonly [string, Notice])[] {
  const { beginnings, empty, ...others } = hostileNotices;
  const named = Object.entries<Notice>({ ...others, empty: structuredClone<unknown>(empty) as Notice });
  return [...named, ...beginnings.map((notice) => ['beginnings', notice] as const)];
}
