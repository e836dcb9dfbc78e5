import { describe, expect, it } from 'vitest';
import { loadPatterns, type LoadOptions, type PatternFile } from './load.ts';
import { memoryTree, type Content } from './test-support/memory-tree.ts';

interface Wanted {
  name?: string;
  cluster?: string;
  mesh?: string;
  spec?: string;
}

function patternOf({ name = 'one', cluster = 'local', mesh = 'istio', spec = '' }: Wanted = {}): string {
  return `apiVersion: meshwright.dev/v1alpha1
kind: Pattern
metadata:
  name: ${name}
spec:
  targets:
    - cluster: ${cluster}
  mesh: { type: ${mesh}, version: 1.31.0 }
${spec}`;
}

function configMap(name: string, rest = ''): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n${rest}`;
}

const workload = '  workloads: [{ namespace: checkout, manifests: [apps/*.yaml] }]\n';

async function loadOne(files: Record<string, Content>, options?: LoadOptions): Promise<PatternFile> {
  const [file, ...more] = await loadPatterns(memoryTree(files), options);
  expect(more).toEqual([]);
  return file!;
}

/** The one pattern with a workload of `apps/*.yaml`. */
async function loadApps(files: Record<string, Content>, options?: LoadOptions): Promise<PatternFile> {
  return loadOne({ 'patterns/one.yaml': patternOf({ spec: workload }), ...files }, options);
}

function codesOf(file: PatternFile | undefined): string[] {
  return (file?.diagnostics ?? []).map(({ code }) => code);
}

describe('finding pattern files', () => {
  it('reads YAML files at any depth, in any letter case, sorted by path', async () => {
    const files = await loadPatterns(
      memoryTree({
        'patterns/z.YML': patternOf({ name: 'z', mesh: 'z' }),
        'patterns/team/a.yaml': patternOf({ name: 'a', mesh: 'a' }),
        'patterns/README.md': 'text',
        'other/b.yaml': patternOf({ name: 'b' }),
        'patterns.yaml': patternOf({ name: 'c' }),
      }),
    );
    expect(files.map(({ path, pattern }) => [path, pattern])).toEqual([
      ['patterns/team/a.yaml', 'a'],
      ['patterns/z.YML', 'z'],
    ]);
    expect(files.every(({ snapshot }) => snapshot !== undefined)).toBe(true);
  });

  it('leaves out files that are said to be no patterns', async () => {
    const files = await loadPatterns(memoryTree({ 'approvals.yaml': 'a', 'b.yaml': 'b' }), {
      directory: '.',
      except: ['approvals.yaml'],
    });
    expect(files.map(({ path }) => path)).toEqual(['b.yaml']);
  });

  it('gives nothing for an empty repository or an absent folder', async () => {
    expect(await loadPatterns(memoryTree({}))).toEqual([]);
    expect(await loadPatterns(memoryTree({ 'a.yaml': 'x' }), { directory: 'deploy/patterns' })).toEqual([]);
  });

  it('reads another folder, also the root', async () => {
    expect((await loadOne({ 'mesh/a.yaml': patternOf() }, { directory: 'mesh' })).path).toBe('mesh/a.yaml');
    expect((await loadOne({ 'a.yaml': patternOf() }, { directory: '.' })).path).toBe('a.yaml');
  });

  it('never lets one bad file hide the others', async () => {
    const files = await loadPatterns(
      memoryTree({
        'patterns/a.yaml': 'a: [',
        'patterns/b.yaml': Buffer.from('89504e47', 'hex'),
        'patterns/c.yaml': '['.repeat(50_000),
        'patterns/d.yaml': { size: 100_000_000 },
        'patterns/e.yaml': { link: '/etc/passwd' },
        'patterns/f.yaml': 'version https://git-lfs.github.com/spec/v1\n',
        'patterns/good.yaml': patternOf(),
      }),
    );
    expect(files.map((file) => codesOf(file)[0])).toEqual([
      'yaml-syntax',
      'not-utf8',
      'too-deep',
      'file-too-large',
      'outside-repository',
      'lfs-pointer',
      undefined,
    ]);
    expect(files.at(-1)?.snapshot).toBeDefined();
  });

  it('does not read a file that is too large', async () => {
    const tree = memoryTree({ 'patterns/a.yaml': { size: 100_000_000 } });
    await loadPatterns(tree);
    expect(tree.reads).toEqual([]);
  });

  it('refuses names that are one file on some machines', async () => {
    const files = await loadPatterns(
      memoryTree({
        'patterns/mesh.yaml': patternOf({ name: 'a', mesh: 'a' }),
        'patterns/Mesh.YAML': patternOf({ name: 'b', mesh: 'b' }),
        'patterns/\u00e9.yaml': patternOf({ name: 'c', mesh: 'c' }),
        'patterns/e\u0301.yaml': patternOf({ name: 'd', mesh: 'd' }),
        'patterns/ok.yaml': patternOf({ name: 'e', mesh: 'e' }),
      }),
    );
    expect(files.filter((file) => codesOf(file).includes('name-collision'))).toHaveLength(4);
    expect(files.filter(({ snapshot }) => snapshot !== undefined).map(({ pattern }) => pattern)).toEqual([
      'e',
    ]);
  });

  it('tells of each file beyond the limit', async () => {
    const tree = memoryTree({
      'patterns/a.yaml': patternOf(),
      'patterns/b.yaml': patternOf({ name: 'two' }),
    });
    const files = await loadPatterns(tree, { limits: { patternFiles: 1 } });
    expect(files.map(codesOf)).toEqual([[], ['too-many-files']]);
  });

  it('throws when the tree cannot be read at all', async () => {
    const tree = memoryTree({ 'patterns/a.yaml': patternOf() });
    tree.read = () => Promise.reject(new Error('the mirror is gone'));
    await expect(loadPatterns(tree)).rejects.toThrow('the mirror is gone');
  });
});

describe('symbolic links and submodules', () => {
  it('follows links that stay inside, also to folders', async () => {
    const file = await loadApps({
      apps: { link: 'real/./apps' },
      'real/apps/a.yaml': configMap('a'),
      'real/apps/b.yaml': { link: '../../other.yaml' },
      'other.yaml': configMap('b'),
    });
    expect(file.diagnostics).toEqual([]);
    expect(file.snapshot?.workloads[0]?.objects.map(({ metadata }) => metadata.name)).toEqual(['b', 'a']);
  });

  it('reads a pattern through a link under its own path', async () => {
    const file = await loadOne({
      'patterns/a.yaml': { link: '../shared/p.txt' },
      'shared/p.txt': patternOf(),
    });
    expect(file).toMatchObject({ path: 'patterns/a.yaml', pattern: 'one', diagnostics: [] });
  });

  it.each([
    ['an absolute link', { 'apps/a.yaml': { link: '/etc/passwd' } }, 'outside-repository'],
    ['a link that climbs out', { 'apps/a.yaml': { link: '../../secret' } }, 'outside-repository'],
    [
      'a link that climbs out and back',
      { 'apps/a.yaml': { link: '../../repo/apps/b.yaml' } },
      'outside-repository',
    ],
    ['a link into .git', { 'apps/a.yaml': { link: '../.git/config' } }, 'outside-repository'],
    ['a link into .GIT', { 'apps/a.yaml': { link: '../.GIT/config' } }, 'outside-repository'],
    ['a link to itself', { 'apps/a.yaml': { link: 'a.yaml' } }, 'symlink-loop'],
    [
      'a ring of links',
      { 'apps/a.yaml': { link: 'b.yaml' }, 'apps/b.yaml': { link: 'a.yaml' } },
      'symlink-loop',
    ],
    ['a growing ring', { apps: { link: 'apps/apps' } }, 'symlink-loop'],
    ['a link to nothing', { 'apps/a.yaml': { link: 'gone.yaml' } }, 'dangling-symlink'],
    [
      'a link into a submodule',
      { 'apps/a.yaml': { link: '../sub/a.yaml' }, sub: { submodule: true } },
      'submodule',
    ],
    ['a submodule', { apps: { submodule: true } }, 'submodule'],
    ['a link through a file', { 'apps/a.yaml': { link: '../x/y.yaml' }, x: 'text' }, 'dangling-symlink'],
  ] as [string, Record<string, Content>, string][])('refuses %s', async (_, files, code) => {
    const file = await loadApps(files);
    expect(file.snapshot).toBeUndefined();
    expect(codesOf(file)).toContain(code);
    expect(file.diagnostics[0]).toMatchObject({ file: 'patterns/one.yaml', line: 9, severity: 'error' });
  });

  it('warns of a folder that wildcards do not reach', async () => {
    const file = await loadApps({
      'apps/a.yaml': configMap('a'),
      'apps/more': { link: '../other' },
      'other/b.yaml': configMap('b'),
    });
    expect(file.diagnostics).toMatchObject([{ code: 'symlink-to-folder', severity: 'warning' }]);
    expect(file.snapshot).toBeDefined();
  });

  it('refuses linked folders and submodules among the patterns', async () => {
    const files = await loadPatterns(
      memoryTree({
        'patterns/linked': { link: '../x' },
        'x/a.yaml': patternOf(),
        'patterns/sub': { submodule: true },
      }),
    );
    expect(files.map(({ path, diagnostics }) => [path, diagnostics[0]?.code])).toEqual([
      ['patterns/linked', 'symlink-to-folder'],
      ['patterns/sub', 'submodule'],
    ]);
    expect(codesOf(await loadOne({ patterns: { submodule: true } }))).toEqual(['submodule']);
  });
});

describe('what patterns refer to', () => {
  it('is read in the order of paths, each file once, lists taken apart', async () => {
    const file = await loadOne({
      'patterns/one.yaml': patternOf({
        spec: '  workloads: [{ namespace: checkout, manifests: ["apps/**/*", apps/a.yaml] }]\n  traffic: [routes.json]\n  resources: ["mesh/{b,a}.yaml"]\n',
      }),
      'apps/b/c.yml': configMap('c'),
      'apps/a.yaml': `---\n${configMap('a1', '  namespace: other\n')}---\n---\n${configMap('a2')}`,
      'routes.json':
        '{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"x/v1","kind":"R","metadata":{"name":"r1"}},{"apiVersion":"x/v1","kind":"R","metadata":{"name":"r2"}}]}',
      'mesh/a.yaml': configMap('ma', 'data: { mode: "0644", k: "yes" }\n'),
      'mesh/b.yaml': configMap('mb'),
    });
    expect(file.diagnostics).toEqual([]);
    const { workloads, traffic, resources } = file.snapshot!;
    expect(workloads).toEqual([
      {
        namespace: 'checkout',
        enroll: true,
        objects: [
          { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a1', namespace: 'other' } },
          { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a2' } },
          { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } },
        ],
      },
    ]);
    expect(traffic.map(({ metadata }) => metadata.name)).toEqual(['r1', 'r2']);
    expect(resources.map(({ metadata }) => metadata.name)).toEqual(['ma', 'mb']);
    expect(resources[0]?.data).toEqual({ mode: '0644', k: 'yes' });
  });

  it('is read once for all patterns', async () => {
    const tree = memoryTree({
      'patterns/a.yaml': patternOf({ spec: workload }),
      'patterns/b.yaml': patternOf({ name: 'two', mesh: 'linkerd', spec: workload }),
      'apps/a.yaml': configMap('a'),
    });
    await loadPatterns(tree);
    expect(tree.reads.toSorted()).toEqual(['apps/a.yaml', 'patterns/a.yaml', 'patterns/b.yaml']);
  });

  it.each([
    ['aps/*.yaml', 'Did you mean apps/*.yaml?'],
    ['apps/chekout/*.yaml', 'Did you mean apps/checkout/*.yaml?'],
    ['apps/checkout/servr.yaml', 'Did you mean apps/checkout/server.yaml?'],
    ['apps/checkout/*.json', 'apps/checkout has server.yaml.'],
    ['elsewhere/*.yaml', "The repository's root has apps, patterns."],
  ])('tells what %s was meant to match', async (glob, suggestion) => {
    const file = await loadOne({
      'patterns/one.yaml': patternOf({ spec: `  resources:\n    - ${glob}\n` }),
      'apps/checkout/server.yaml': configMap('a'),
    });
    expect(file.diagnostics).toMatchObject([{ code: 'no-match', line: 10, column: 7, suggestion }]);
    expect(file.snapshot).toBeUndefined();
  });

  it('refuses a folder, and files that are no manifests', async () => {
    const files = { 'apps/a.yaml': configMap('a'), 'apps/notes.txt': 'x' };
    const folder = await loadOne({
      'patterns/one.yaml': patternOf({ spec: '  resources: [apps]\n' }),
      ...files,
    });
    expect(folder.diagnostics).toMatchObject([
      { code: 'folder', suggestion: 'Write apps/*.yaml for the files in it.' },
    ]);
    const all = await loadOne({
      'patterns/one.yaml': patternOf({ spec: '  resources: ["apps/*"]\n' }),
      ...files,
    });
    expect(codesOf(all)).toEqual(['not-a-manifest']);
  });

  it.each([
    ['no apiVersion', 'kind: ConfigMap\nmetadata: {name: a}\n', 'missing-field', 1],
    ['no kind', 'apiVersion: v1\nmetadata: {name: a}\n', 'missing-field', 1],
    ['no name', 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  labels: {}\n', 'missing-field', 3],
    [
      'a generated name',
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  generateName: a-\n',
      'generated-name',
      4,
    ],
    ['a name that is a path', configMap('a/../../b'), 'invalid-value', 4],
    ['a namespace that is none', configMap('a', '  namespace: A_B\n'), 'invalid-value', 5],
    ['a label that is no text', configMap('a', '  labels:\n    version: 1.0\n'), 'wrong-type', 6],
    ['a kind that is none', 'apiVersion: v1\nkind: "Config Map"\nmetadata: {name: a}\n', 'invalid-value', 2],
    ['a list', '- a\n', 'wrong-type', 1],
    ['values of a chart', 'replicas: 3\n', 'missing-field', 1],
    [
      'an object in a List',
      'apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: ConfigMap\n',
      'missing-field',
      4,
    ],
    [
      'a List in a List',
      'apiVersion: v1\nkind: List\nitems:\n  - {apiVersion: v1, kind: List, items: []}\n',
      'nested-list',
      4,
    ],
    [
      'the same object twice',
      `${configMap('a')}---\n${configMap('a', '  namespace: checkout\n')}`,
      'duplicate-object',
      6,
    ],
    ['a file mode of YAML 1.1', configMap('a', 'data: {mode: 0644}\n'), 'ambiguous-number', 5],
    ['a template', configMap('{{ .Release.Name }}'), 'key-not-text', 4],
    ['a Git LFS pointer', 'version https://git-lfs.github.com/spec/v1\noid x\n', 'lfs-pointer', undefined],
  ])('refuses %s, at its place in the manifest', async (_, text, code, line) => {
    const file = await loadApps({ 'apps/a.yaml': text, 'apps/b.yaml': configMap('b') });
    expect(file.snapshot).toBeUndefined();
    const [found] = file.diagnostics;
    expect(found).toMatchObject({ code, file: 'apps/a.yaml', severity: 'error' });
    expect(found?.line).toBe(line);
  });

  it('tells of the same object in two files where both are', async () => {
    const file = await loadApps({ 'apps/a.yaml': configMap('x'), 'apps/b.yaml': `# b\n${configMap('x')}` });
    expect(file.diagnostics).toMatchObject([
      {
        code: 'duplicate-object',
        file: 'apps/b.yaml',
        line: 2,
        message: 'ConfigMap x is given before, at apps/a.yaml:1',
      },
    ]);
  });

  it.each([
    ['by itself', 'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {password: hunter2}\n'],
    [
      'in a List',
      'apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: Secret, metadata: {name: s}, data: {password: hunter2}}]\n',
    ],
    ['in broken YAML', 'apiVersion: v1\nkind: "Secret"\ndata: {password: hunter2\nx: y\n'],
    [
      'with a duplicate key',
      'kind: Secret\napiVersion: v1\ndata:\n  password: hunter2\n  password: hunter2\n',
    ],
  ])('refuses a Secret %s without showing what it holds', async (_, text) => {
    const file = await loadApps({ 'apps/s.yaml': text });
    expect(file.snapshot).toBeUndefined();
    expect(file.diagnostics.length).toBeGreaterThan(0);
    expect(JSON.stringify(file)).not.toContain('hunter2');
  });

  it('says why Secrets are refused, and what to do', async () => {
    const file = await loadApps({ 'apps/s.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n' });
    expect(file.diagnostics).toMatchObject([
      { code: 'secret-in-git', line: 2, suggestion: expect.stringContaining('External Secrets') as string },
    ]);
  });

  it('leaves out what the API server sets, with a warning where it says anything', async () => {
    const file = await loadApps({
      'apps/a.yaml': configMap(
        'a',
        '  uid: x\n  creationTimestamp: null\n  annotations: null\nstatus: {phase: Up}\n',
      ),
      'apps/b.yaml': configMap('b', 'status: {}\n'),
    });
    expect(file.diagnostics).toMatchObject([
      { code: 'server-field', severity: 'warning', file: 'apps/a.yaml', line: 8 },
      { code: 'server-field', severity: 'warning', file: 'apps/a.yaml', line: 5 },
    ]);
    expect(file.snapshot?.workloads[0]?.objects).toEqual([
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } },
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'b' } },
    ]);
  });

  it('is bounded in objects and bytes', async () => {
    const files = Object.fromEntries([1, 2, 3].map((n) => [`apps/${n}.yaml`, configMap(`a${n}`)]));
    expect(codesOf(await loadApps(files, { limits: { objects: 2 } }))).toEqual(['pattern-too-large']);
    expect(codesOf(await loadApps(files, { limits: { totalManifestBytes: 100 } }))).toEqual([
      'pattern-too-large',
    ]);
    expect(codesOf(await loadApps(files, { limits: { treeManifestBytes: 100 } }))).toEqual([
      'too-much-to-read',
      'too-much-to-read',
    ]);
    expect(codesOf(await loadApps(files, { limits: { manifestBytes: 10 } }))).toEqual(
      Array(3).fill('file-too-large'),
    );
    expect(codesOf(await loadApps(files, { limits: { objects: 3 } }))).toEqual([]);
  });

  it('reads none of the manifests that are too large', async () => {
    const tree = memoryTree({
      'patterns/one.yaml': patternOf({ spec: workload }),
      'apps/a.yaml': { size: 1e12 },
    });
    await loadPatterns(tree);
    expect(tree.reads).toEqual(['patterns/one.yaml']);
  });
});

describe('patterns that contradict each other', () => {
  it('cannot have one name, and each is told where the other is', async () => {
    const files = await loadPatterns(
      memoryTree({
        'patterns/a.yaml': patternOf(),
        'patterns/b.yaml': patternOf({ mesh: 'linkerd' }),
        'patterns/c.yaml': patternOf({ name: 'c', cluster: 'c' }),
      }),
    );
    expect(files.map(codesOf)).toEqual([['duplicate-pattern'], ['duplicate-pattern'], []]);
    expect(files[0]?.diagnostics[0]?.message).toBe('the pattern name one is taken by patterns/b.yaml:4');
    expect(files.map(({ snapshot }) => snapshot !== undefined)).toEqual([false, false, true]);
  });

  it('cannot claim one mesh on one cluster', async () => {
    const files = await loadPatterns(
      memoryTree({ 'patterns/a.yaml': patternOf(), 'patterns/b.yaml': patternOf({ name: 'two' }) }),
    );
    expect(files.map(codesOf)).toEqual([['duplicate-mesh'], ['duplicate-mesh']]);
    expect(files[1]?.diagnostics[0]).toMatchObject({
      line: 7,
      message: 'istio on local is claimed by patterns/a.yaml:7',
    });
  });
});

describe('what the caller knows', () => {
  it('makes an unknown mesh or target an error with the nearest name', async () => {
    const files = { 'patterns/a.yaml': patternOf({ mesh: 'istoi', cluster: 'prodction' }) };
    const file = await loadOne(files, {
      knownMeshes: ['istio', 'linkerd'],
      knownTargets: ['production', 'staging'],
    });
    expect(file.diagnostics).toMatchObject([
      { code: 'unknown-mesh', line: 8, suggestion: 'Did you mean "istio"? Known meshes: istio, linkerd.' },
      {
        code: 'unknown-target',
        line: 7,
        suggestion: 'Did you mean "production"? Known targets: production, staging.',
      },
    ]);
    const known = await loadOne(files, { knownMeshes: ['istoi'], knownTargets: ['prodction'] });
    expect(known.diagnostics).toEqual([]);
  });

  it('adds its own checks, at the places it names', async () => {
    const file = await loadOne(
      { 'patterns/a.yaml': patternOf() },
      {
        checkPattern: ({ pattern }) => [
          {
            code: 'old',
            severity: 'error',
            message: `${pattern.spec.mesh.version} is too old`,
            path: ['spec', 'mesh', 'version'],
          },
        ],
      },
    );
    expect(file.snapshot).toBeUndefined();
    expect(file.diagnostics).toMatchObject([
      { code: 'old', file: 'patterns/a.yaml', line: 8, column: 33, message: '1.31.0 is too old' },
    ]);
  });

  it('keeps the snapshot when its checks only warn, and does not ask them of a broken pattern', async () => {
    const warned = await loadOne(
      { 'patterns/a.yaml': patternOf() },
      { checkPattern: () => Promise.resolve([{ code: 'w', severity: 'warning', message: 'm', path: [] }]) },
    );
    expect(warned.snapshot).toBeDefined();
    let asked = false;
    await loadOne(
      { 'patterns/a.yaml': patternOf({ spec: '  traffic: [gone.yaml]\n' }) },
      { checkPattern: () => ((asked = true), []) },
    );
    expect(asked).toBe(false);
  });
});
