import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { parseRendered } from './rendered.ts';
import { requestFor } from './test-support/requests.ts';

const request = requestFor();

describe('what helm template printed', () => {
  it('is read in order, without empty documents and comments', () => {
    const text = `---\n# Source: a\n---\n${manifest('a')}---\n\n---\n${manifest('b')}---\n# end\n`;
    expect(names(text)).toEqual(['a', 'b']);
  });

  it('leaves the namespace as it was rendered', () => {
    const [object] = parseRendered(manifest('a'), request).objects;
    expect(object?.metadata.namespace).toBeUndefined();
  });

  it('unfolds a List', () => {
    const text = `apiVersion: v1\nkind: List\nitems:\n- { apiVersion: v1, kind: Secret, metadata: { name: a } }\n`;
    expect(names(text)).toEqual(['a']);
  });

  it('reads numbers and booleans as Kubernetes does, and leaves dates and clock times as text', () => {
    const text = `${manifest('a')}data: { mode: 0644, on: yes, day: 2026-08-27, time: 12:30:00 }\n`;
    const [object] = parseRendered(text, request).objects;
    expect(object?.data).toEqual({ mode: 420, true: true, day: '2026-08-27', time: '12:30:00' });
  });

  it('takes the last of two equal keys, as Helm does', () => {
    const [object] = parseRendered(`${manifest('a')}data: { x: "1", x: "2" }\n`, request).objects;
    expect(object?.data).toEqual({ x: '2' });
  });

  it('drops tests and hooks of deletion and rollback, and reports the others', () => {
    const text = [
      hook('a', 'test'),
      hook('b', 'pre-delete,post-delete'),
      hook('c', 'pre-rollback'),
      hook('d', 'pre-install,pre-delete'),
    ].join('---\n');
    const rendered = parseRendered(text, request);
    expect(rendered.objects.map(({ metadata }) => metadata.name)).toEqual(['d']);
    expect(rendered.dropped).toEqual([
      'ConfigMap a (test)',
      'ConfigMap b (pre-delete,post-delete)',
      'ConfigMap c (pre-rollback)',
    ]);
    expect(rendered.hooks).toEqual(['ConfigMap d (pre-install,pre-delete)']);
  });

  it.each([
    ['no kind', 'apiVersion: v1\nmetadata: { name: a }\n'],
    ['no name', 'apiVersion: v1\nkind: Secret\nmetadata: {}\n'],
    ['text', 'hello\n'],
    ['a list', '- 1\n'],
    ['broken YAML', 'a: [\n'],
    [
      'a bomb of aliases',
      `a: &a [1,1,1,1]\nb: &b [${'*a,'.repeat(40)}]\nc: &c [${'*b,'.repeat(40)}]\nd: [${'*c,'.repeat(40)}]\n`,
    ],
  ])('is refused when it holds %s', (_name, text) => {
    expect(() => parseRendered(text, request)).toThrow(
      expect.objectContaining({
        code: 'CHART_RENDER_FAILED',
        details: expect.objectContaining({ where: 'values.demo' }) as object,
      }),
    );
  });

  it('comes back as it was written, whatever the values are', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue({ depthSize: 'small', noUnicodeString: false })),
        (data) => {
          const plain = JSON.parse(JSON.stringify(data)) as Record<string, unknown>;
          const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: plain };
          const text = stringify(object, { version: '1.1', lineWidth: 0 });
          expect(parseRendered(text, request).objects).toEqual([object]);
        },
      ),
      { numRuns: 200 },
    );
  });
});

function manifest(name: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\n`;
}

function hook(name: string, moments: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, annotations: { helm.sh/hook: "${moments}" } }\n`;
}

function names(text: string): string[] {
  return parseRendered(text, request).objects.map(({ metadata }) => metadata.name);
}
