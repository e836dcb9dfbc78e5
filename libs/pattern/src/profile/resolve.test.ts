import { describe, expect, it } from 'vitest';
import { loadPatterns, type PatternFile } from '../load.ts';
import { type Content, memoryTree } from '../test-support/memory-tree.ts';
import { loadProfiles } from './load-profiles.ts';

function patternOf(performance: string, name = 'one'): string {
  return `apiVersion: meshwright.dev/v1alpha1
kind: Pattern
metadata: { name: ${name} }
spec:
  targets: [{ cluster: ${name} }]
  mesh: { type: istio, version: 1.31.0 }
  performance: ${performance}
`;
}

function profileOf(rate = 200): string {
  return `apiVersion: meshwright.dev/v1alpha1
kind: PerformanceProfile
metadata: { name: checkout }
spec:
  endpoints: [{ name: cart, protocol: http1, address: "http://cart:8080/" }]
  load: { rate: ${rate} }
  limits: { p50: {} }
`;
}

const named = '{ profile: performance/checkout.yaml }';

async function loadOne(performance: string, files: Record<string, Content>): Promise<PatternFile> {
  const [file] = await loadPatterns(memoryTree({ 'patterns/one.yaml': patternOf(performance), ...files }));
  return file!;
}

describe('the profile that a pattern names', () => {
  it('is part of the snapshot', async () => {
    const file = await loadOne(named, { 'performance/checkout.yaml': profileOf() });
    expect(file.diagnostics).toEqual([]);
    expect(file.snapshot?.profile).toMatchObject({
      metadata: { name: 'checkout' },
      spec: { load: { rate: 200 } },
    });
  });

  it('changes the snapshot when it changes, and only with what it says', async () => {
    const load = (text: string) => loadOne(named, { 'performance/checkout.yaml': text });
    const [before, same, after] = [
      await load(profileOf()),
      await load(`# x\n${profileOf()}`),
      await load(profileOf(300)),
    ];
    expect(same.snapshot).toEqual(before.snapshot);
    expect(after.snapshot).not.toEqual(before.snapshot);
  });

  it('leaves the snapshot of a pattern without one as it was', async () => {
    const text = patternOf(named).replace(/ {2}performance.*\n/, '');
    const [file] = await loadPatterns(memoryTree({ 'patterns/one.yaml': text }));
    expect(Object.keys(file!.snapshot!)).toEqual(['pattern', 'path', 'workloads', 'traffic', 'resources']);
    expect(file!.snapshot!.pattern.spec).not.toHaveProperty('performance');
    expect(file!.diagnostics).toEqual([]);
  });

  it('is read once for all patterns', async () => {
    const tree = memoryTree({
      'patterns/one.yaml': patternOf(named),
      'patterns/two.yaml': patternOf(named, 'two'),
      'performance/checkout.yaml': profileOf(),
    });
    await loadPatterns(tree);
    expect(tree.reads.filter((path) => path.startsWith('performance'))).toEqual([
      'performance/checkout.yaml',
    ]);
  });

  it('is checked, with the places of its own file', async () => {
    const file = await loadOne(named, { 'performance/checkout.yaml': profileOf().replace('p50', 'p5') });
    expect(file.snapshot).toBeUndefined();
    expect(file.diagnostics).toMatchObject([
      { code: 'unknown-metric', file: 'performance/checkout.yaml', line: 7, severity: 'error' },
    ]);
  });

  it('needs requests enough for what the gate adds', async () => {
    const performance = '{ profile: performance/checkout.yaml, gate: { p99.9: 10% } }';
    const file = await loadOne(performance, { 'performance/checkout.yaml': profileOf() });
    expect(file.snapshot).toBeUndefined();
    expect(file.diagnostics[0]).toMatchObject({
      code: 'too-few-requests',
      file: 'patterns/one.yaml',
      line: 7,
      message:
        'p99.9 needs 30000 requests in a trial; 200 a second for 20 s are 4000, as performance/checkout.yaml has it',
    });
  });

  it.each([
    [
      'a file that is not there',
      { 'performance/chekout.yaml': 'x' },
      'no-match',
      'Did you mean performance/chekout.yaml?',
    ],
    ['a folder', { 'performance/checkout.yaml/a.yaml': 'x' }, 'folder', 'Name one file in it.'],
    ['a way out', { performance: { link: '../..' } }, 'outside-repository', undefined],
    [
      'a link to a file of the machine',
      { 'performance/checkout.yaml': { link: '/etc/passwd' } },
      'outside-repository',
      undefined,
    ],
    ['a submodule', { performance: { submodule: true } }, 'submodule', undefined],
  ] as [string, Record<string, Content>, string, string | undefined][])(
    'is refused where its path leads to %s',
    async (_, files, code, suggestion) => {
      const file = await loadOne(named, files);
      expect(file.snapshot).toBeUndefined();
      const [found] = file.diagnostics;
      expect(found).toMatchObject({ code, severity: 'error', file: 'patterns/one.yaml', line: 7 });
      if (suggestion !== undefined) expect(found?.suggestion).toBe(suggestion);
    },
  );

  it.each([
    ['another kind', 'kind: ConfigMap\n', 'not-a-profile'],
    ['a pattern', patternOf(named), 'not-a-profile'],
    ['nothing', '', 'empty-file'],
    ['too much', { size: 1e9 }, 'file-too-large'],
  ] as [string, Content, string][])('is refused where the file has %s', async (_, content, code) => {
    const file = await loadOne(named, { 'performance/checkout.yaml': content });
    expect(file.snapshot).toBeUndefined();
    expect(file.diagnostics[0]).toMatchObject({ code, file: 'performance/checkout.yaml' });
  });
});

describe('the folder of the profiles', () => {
  it('has profiles in all its YAML files, sorted by path, and may be absent', async () => {
    const files = await loadProfiles(
      memoryTree({
        'performance/b.yaml': profileOf(),
        'performance/a/c.yml': 'kind: Pattern\n',
        'performance/README.md': 'text',
        'elsewhere/d.yaml': 'text',
      }),
    );
    expect(files.map(({ path, profile }) => [path, profile?.metadata.name])).toEqual([
      ['performance/a/c.yml', undefined],
      ['performance/b.yaml', 'checkout'],
    ]);
    expect(files[0]?.diagnostics).toMatchObject([{ code: 'not-a-profile' }]);
    expect(await loadProfiles(memoryTree({}))).toEqual([]);
  });
});
