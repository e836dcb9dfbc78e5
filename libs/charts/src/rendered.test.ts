import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { parseRendered } from './rendered.ts';
import { requestFor } from './test-support/requests.ts';

const request = requestFor();

describe('what helm template printed', () => {
  it('is read in order, without empty documents and comments', async () => {
    const text = `---\n# Source: a\n---\n${manifest('a')}---\n\n---\n${manifest('b')}---\n# end\n`;
    expect(await names(text)).toEqual(['a', 'b']);
  });

  it('may begin without a marker, and keeps dashes inside text', async () => {
    const text = `${manifest('a')}data:\n  x: |\n    ---\n    y\n---\n${manifest('b')}`;
    const { objects } = await parseRendered(text, request);
    expect(objects.map(({ data }) => data)).toEqual([{ x: '---\ny\n' }, undefined]);
  });

  it('leaves the namespace as it was rendered', async () => {
    const { objects } = await parseRendered(manifest('a'), request);
    expect(objects[0]?.metadata.namespace).toBeUndefined();
  });

  it('unfolds a List', async () => {
    const text = `apiVersion: v1\nkind: List\nitems:\n- { apiVersion: v1, kind: Secret, metadata: { name: a } }\n`;
    expect(await names(text)).toEqual(['a']);
  });

  it('reads numbers and booleans as Kubernetes does, and leaves dates and clock times as text', async () => {
    const text = `${manifest('a')}data: { mode: 0644, on: yes, day: 2026-08-27, time: 12:30:00 }\n`;
    const { objects } = await parseRendered(text, request);
    expect(objects[0]?.data).toEqual({ mode: 420, true: true, day: '2026-08-27', time: '12:30:00' });
  });

  it('takes the last of two equal keys, as Helm does', async () => {
    const { objects } = await parseRendered(`${manifest('a')}data: { x: "1", x: "2" }\n`, request);
    expect(objects[0]?.data).toEqual({ x: '2' });
  });

  it('drops tests and hooks of deletion and rollback, and reports the others', async () => {
    const text = [
      hook('a', 'test'),
      hook('b', 'pre-delete,post-delete'),
      hook('c', 'pre-rollback'),
      hook('d', 'pre-install,pre-delete'),
    ].join('---\n');
    const rendered = await parseRendered(text, request);
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
  ])('is refused when it holds %s', async (_name, text) => {
    await expect(parseRendered(text, request)).rejects.toMatchObject({
      code: 'CHART_RENDER_FAILED',
      details: { where: 'values.demo' },
    });
  });

  it('is refused with the line of a mistake', async () => {
    const fine = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n';
    await expect(parseRendered(`${fine}data: [\n`, request)).rejects.toThrow(/line 5, column 1/);
  });

  it('comes back as it was written, whatever the values are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.string(), fc.jsonValue({ depthSize: 'small', noUnicodeString: false })),
        async (data) => {
          const plain = JSON.parse(JSON.stringify(data)) as Record<string, unknown>;
          // YAML 1.1 merges what is under this key, and the writer does not quote it.
          fc.pre(!JSON.stringify(plain).includes('"<<"'));
          const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: plain };
          const text = stringify(object, { version: '1.1', lineWidth: 0 });
          expect((await parseRendered(`---\n${text}`, request)).objects).toEqual([object]);
        },
      ),
      { numRuns: 100 },
    );
  }, 60_000);
});

function manifest(name: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\n`;
}

function hook(name: string, moments: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, annotations: { helm.sh/hook: "${moments}" } }\n`;
}

async function names(text: string): Promise<string[]> {
  return (await parseRendered(text, request)).objects.map(({ metadata }) => metadata.name);
}
