import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatDiagnostic, isMeshwrightError } from '@meshwright/model';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig, parseConfig } from './load.ts';
import type { Config } from './types.ts';

const path = '/etc/meshwright/meshwright.yaml';

function parse(text: string, environment: Record<string, string> = {}): Config {
  const { config, diagnostics } = parseConfig(text, path, environment);
  expect(diagnostics.map(formatDiagnostic)).toEqual([]);
  return config!;
}

function repository(rest: string): string {
  return `repositories:\n  - name: platform\n    ${rest.replaceAll('\n', '\n    ')}\n`;
}

describe('a configuration', () => {
  it('may be empty and then is all defaults', () => {
    expect(parse('')).toEqual({
      path,
      temporal: { address: '127.0.0.1:7233', namespace: 'default' },
      repositories: [],
      targets: [],
      meshes: {},
      probes: { image: 'fortio/fortio:1.68.0' },
      charts: { helm: 'helm', cache: '/etc/meshwright/.meshwright/charts' },
      evidence: { directory: '/etc/meshwright/.meshwright/evidence' },
      results: { sqlite: '/etc/meshwright/.meshwright/results.db' },
      forges: [],
      chats: [],
      gateway: { listen: { host: '127.0.0.1', port: 8787 }, tokens: [] },
      log: { level: 'info' },
    });
  });

  it('is read in full, with paths below its folder', () => {
    const config = parse(`
temporal:
  address: temporal.example.com:7233
  namespace: mesh.prod
  ui: https://temporal.example.com/
  tls: { ca: tls/ca.pem, certificate: tls/client.pem, key: /run/key.pem }
  apiKey: { file: api-key }
  encryption:
    activeKey: k2
    keys:
      - { id: k1, key: { env: OLD_KEY } }
      - id: k2
        key: { kubernetesSecret: { target: here, namespace: mesh, name: keys.of-mesh, key: K_2 } }
repositories:
  - name: platform
    url: git@git.example.com:platform/mesh.git
    branch: release/1.x
    directory: ./deploy/patterns/
    interval: 1m30s
    offerReverts: false
    credentials: { sshKey: { file: id }, knownHosts: { file: ../known_hosts } }
    signatures: { allowedSigners: { file: signers } }
    webhook:
      provider: gitea
      secret: { kubernetesSecret: { namespace: mesh, name: hook, key: secret } }
  - name: other
    url: https://git.example.com/acme/other.git
    credentials: { username: { env: GIT_USER }, password: { file: token } }
targets:
  - { name: local, kubeconfig: kube/config, context: a b, imagePatience: 10m }
  - { name: here, inCluster: true }
meshes:
  istio: { charts: { directory: charts/istio } }
  linkerd: { charts: { repository: "https://helm.linkerd.io/edge/" } }
  kuma:
    charts:
      oci: "oci://registry.example.com/kuma"
      digests: { kuma-2.13.0: sha256:${'a1'.repeat(32)} }
  cilium: { charts: { digests: { cilium-1.20.0-rc.1: sha256:${'b2'.repeat(32)} } } }
probes: { image: registry.example.com/fortio:1.68.0 }
charts: { helm: bin/helm, cache: /var/cache }
evidence: { directory: /var/evidence }
results: { postgres: { url: { env: DB }, tls: { ca: db.pem } } }
gateway:
  listen: "[::1]:0"
metrics: { temporal: 0.0.0.0:9465 }
log: { level: debug }
`);
    expect(config).toEqual({
      path,
      temporal: {
        address: 'temporal.example.com:7233',
        namespace: 'mesh.prod',
        ui: 'https://temporal.example.com',
        tls: {
          ca: '/etc/meshwright/tls/ca.pem',
          certificate: '/etc/meshwright/tls/client.pem',
          key: '/run/key.pem',
        },
        apiKey: { file: '/etc/meshwright/api-key' },
        encryption: {
          activeKey: 'k2',
          keys: [
            { id: 'k1', key: { env: 'OLD_KEY' } },
            {
              id: 'k2',
              key: {
                kubernetesSecret: { target: 'here', namespace: 'mesh', name: 'keys.of-mesh', key: 'K_2' },
              },
            },
          ],
        },
      },
      repositories: [
        {
          name: 'platform',
          url: 'git@git.example.com:platform/mesh.git',
          transport: 'ssh',
          branch: 'release/1.x',
          directory: 'deploy/patterns',
          intervalMs: 90_000,
          offerReverts: false,
          chats: [],
          approvals: 'approvals.yaml',
          credentials: { kind: 'ssh', sshKeyFile: '/etc/meshwright/id', knownHostsFile: '/etc/known_hosts' },
          signatures: { required: true, allowedSignersFile: '/etc/meshwright/signers' },
          webhook: {
            provider: 'gitea',
            secret: { kubernetesSecret: { namespace: 'mesh', name: 'hook', key: 'secret' } },
          },
        },
        {
          name: 'other',
          url: 'https://git.example.com/acme/other.git',
          transport: 'https',
          directory: 'patterns',
          intervalMs: 15_000,
          offerReverts: true,
          chats: [],
          approvals: 'approvals.yaml',
          credentials: {
            kind: 'password',
            username: { env: 'GIT_USER' },
            password: { file: '/etc/meshwright/token' },
          },
        },
      ],
      targets: [
        {
          kind: 'kubeconfig',
          name: 'local',
          kubeconfig: '/etc/meshwright/kube/config',
          context: 'a b',
          imagePatienceMs: 600_000,
        },
        { kind: 'in-cluster', name: 'here' },
      ],
      meshes: {
        istio: {
          charts: { source: { kind: 'directory', directory: '/etc/meshwright/charts/istio' }, digests: {} },
        },
        linkerd: {
          charts: {
            source: { kind: 'repository', repository: 'https://helm.linkerd.io/edge' },
            digests: {},
          },
        },
        kuma: {
          charts: {
            source: { kind: 'oci', oci: 'oci://registry.example.com/kuma' },
            digests: { 'kuma-2.13.0': `sha256:${'a1'.repeat(32)}` },
          },
        },
        cilium: { charts: { digests: { 'cilium-1.20.0-rc.1': `sha256:${'b2'.repeat(32)}` } } },
      },
      probes: { image: 'registry.example.com/fortio:1.68.0' },
      charts: { helm: '/etc/meshwright/bin/helm', cache: '/var/cache' },
      evidence: { directory: '/var/evidence' },
      results: { postgres: { url: { env: 'DB' }, tls: { ca: '/etc/meshwright/db.pem' } } },
      forges: [],
      chats: [],
      gateway: { listen: { host: '::1', port: 0 }, tokens: [] },
      metrics: { listen: { host: '127.0.0.1', port: 9464 }, temporal: { host: '0.0.0.0', port: 9465 } },
      log: { level: 'debug' },
    });
  });

  it('looks at a repository on this machine every second', () => {
    const text = 'repositories: [{name: a, url: /srv/mesh}, {name: b, url: "file:///srv/other"}]\n';
    expect(parse(text).repositories.map(({ intervalMs }) => intervalMs)).toEqual([1_000, 1_000]);
  });
});

describe('results', () => {
  it('lie beside the evidence, wherever that is', () => {
    expect(parse('evidence: { directory: /var/lib/evidence }\n').results).toEqual({
      sqlite: '/var/lib/results.db',
    });
    const moved = parse('', { MESHWRIGHT_EVIDENCE_DIRECTORY: '/srv/evidence' });
    expect(moved.results).toEqual({ sqlite: '/srv/results.db' });
  });

  it('lie where the file says', () => {
    expect(parse('results: { sqlite: data/r.db }\n').results).toEqual({
      sqlite: '/etc/meshwright/data/r.db',
    });
    expect(parse('results: { postgres: { url: { file: db-url } } }\n').results).toEqual({
      postgres: { url: { file: '/etc/meshwright/db-url' } },
    });
  });
});

describe('what is refused', () => {
  it.each([
    ['a typo', 'repositries: []\n', 'unknown-field', 1, 'Did you mean "repositories"?'],
    [
      'a typo below',
      repository('url: /a\ninterval: 1s\nbrunch: x'),
      'unknown-field',
      5,
      'Did you mean "branch"?',
    ],
    [
      'a name twice',
      'targets:\n  - {name: a, inCluster: true}\n  - {name: a, inCluster: true}\n',
      'duplicate-entry',
      3,
      undefined,
    ],
    [
      'a repository twice',
      'repositories:\n  - {name: a, url: /r}\n  - {name: b, url: /r}\n',
      'duplicate-entry',
      3,
      undefined,
    ],
    ['a name that is a path', 'targets: [{name: ../a, inCluster: true}]\n', 'invalid-value', 1, undefined],
    ['a target without a cluster', 'targets: [{name: a}]\n', 'choose-one', 1, undefined],
    [
      'a target with two clusters',
      'targets: [{name: a, kubeconfig: k, inCluster: true}]\n',
      'choose-one',
      1,
      undefined,
    ],
    [
      'two sources of charts',
      'meshes: {istio: {charts: {oci: oci://a/b, directory: c}}}\n',
      'choose-one',
      1,
      undefined,
    ],
    [
      'charts over plain HTTP',
      'meshes: {istio: {charts: {repository: http://charts.example.com}}}\n',
      'invalid-address',
      1,
      undefined,
    ],
    ['an interval too short', repository('url: /a\ninterval: 0s'), 'out-of-bounds', 4, undefined],
    [
      'an interval that is no duration',
      repository('url: /a\ninterval: 1e99h'),
      'invalid-value',
      4,
      undefined,
    ],
    [
      'a folder outside the repository',
      repository('url: /a\ndirectory: ../x'),
      'invalid-address',
      4,
      undefined,
    ],
    [
      'a branch that is an option',
      repository('url: /a\nbranch: --upload-pack=x'),
      'invalid-value',
      4,
      undefined,
    ],
    [
      'two places of results',
      'results: {sqlite: a, postgres: {url: {env: A}}}\n',
      'choose-one',
      1,
      undefined,
    ],
    ['half a client certificate', 'temporal: {tls: {key: a}}\n', 'invalid-value', 1, undefined],
    [
      'an API key in plain text',
      'temporal:\n  address: a.example.com:7233\n  apiKey: {env: KEY}\n',
      'plain-text',
      3,
      'Add tls: {} beside it.',
    ],
    [
      'a password for SSH',
      repository('url: git@a:b\ncredentials: {password: {env: A}}'),
      'unfit-credentials',
      4,
      undefined,
    ],
    [
      'credentials for a path',
      repository('url: /a\ncredentials: {password: {env: A}}'),
      'unfit-credentials',
      4,
      undefined,
    ],
    [
      'a key without known hosts',
      repository('url: git@a:b\ncredentials: {sshKey: {file: a}}'),
      'choose-one',
      4,
      undefined,
    ],
    [
      'two places of one secret',
      repository('url: https://a/b\ncredentials: {password: {env: A, file: b}}'),
      'choose-one',
      4,
      undefined,
    ],
    [
      'a Secret in a target that is not configured',
      `${repository('url: https://a/b\ncredentials: {password: {kubernetesSecret: {target: lcal, namespace: a, name: b, key: c}}}')}targets: [{name: local, inCluster: true}]\n`,
      'unknown-target',
      4,
      'Known targets: local.',
    ],
    [
      'a Secret without a key',
      repository('url: https://a/b\ncredentials: {password: {kubernetesSecret: {namespace: a, name: b}}}'),
      'missing-field',
      4,
      undefined,
    ],
    [
      'an active key that is not there',
      'temporal:\n  encryption: {activeKey: b, keys: [{id: a, key: {env: K}}]}\n',
      'unknown-key',
      2,
      'Known ids: a.',
    ],
    [
      'an id of two keys',
      'temporal:\n  encryption: {activeKey: a, keys: [{id: a, key: {env: K}}, {id: a, key: {env: L}}]}\n',
      'duplicate-entry',
      2,
      undefined,
    ],
    ['no keys', 'temporal:\n  encryption: {activeKey: a, keys: []}\n', 'out-of-bounds', 2, undefined],
    ['signatures of nobody', repository('url: /a\nsignatures: {required: true}'), 'choose-one', 4, undefined],
    [
      'an unknown forge',
      repository('url: /a\nwebhook: {provider: githb, secret: {env: A}}'),
      'unknown-value',
      4,
      'Did you mean "github"?',
    ],
    ['a port that is none', 'gateway: {listen: "127.0.0.1:70000"}\n', 'invalid-address', 1, undefined],
    [
      "the engine's metrics and Temporal's at one port",
      'metrics:\n  listen: 127.0.0.1:9000\n  temporal: 0.0.0.0:9000\n',
      'invalid-value',
      3,
      undefined,
    ],
    [
      'a home directory',
      'evidence: {directory: ~/evidence}\n',
      'invalid-address',
      1,
      'Write the whole path.',
    ],
    ['two documents', 'log: {}\n---\nlog: {}\n', 'several-documents', 3, undefined],
    ['a list', '- a\n', 'wrong-type', 1, undefined],
    ['a merge key', 'a: &a {}\nlog: {<<: *a}\n', 'merge-key', 2, undefined],
  ])('%s', (_, text, code, line, suggestion) => {
    const { config, diagnostics } = parseConfig(text, path, {});
    expect(config).toBeUndefined();
    expect(diagnostics[0], JSON.stringify(diagnostics)).toMatchObject({ code, line });
    if (suggestion !== undefined) expect(diagnostics[0]?.suggestion).toBe(suggestion);
  });

  it.each([
    ['in a URL', repository('url: https://bob:hunter2@git.example.com/a.git')],
    ['as a user in a URL', repository('url: https://hunter2@git.example.com/a.git')],
    ['for a reference', repository('url: https://a/b\ncredentials: {password: hunter2}')],
    [
      'on a line that is wrong for another reason',
      'repositories: [{name: a, url: "https://u:hunter2@h/r", intervl: 5s}]\n',
    ],
    ['in a mistyped field', repository('url: https://a/b\npasswrod: hunter2')],
    ['in broken YAML', repository('url: https://a/b\ncredentials: {password: "hunter2')],
    ['as an API key', 'temporal: {apiKey: hunter2}\n'],
    ['as an encryption key', 'temporal: {encryption: {activeKey: a, keys: [{id: a, key: hunter2}]}}\n'],
    [
      'as an encryption key in broken YAML',
      `temporal: {encryption: {keys: [{key: ${'hunter2'.repeat(6)}0=}\n`,
    ],
    ['as a webhook secret', repository('url: /a\nwebhook: {provider: github, secret: hunter2}')],
    ['as a database address', 'results: {postgres: {url: "postgres://u:hunter2@h/db"}}\n'],
    ['as a database', 'results: {postgres: "postgres://u:hunter2@h/db"}\n'],
    ['as results', 'results: "postgres://u:hunter2@h/db"\n'],
    ['in a chart address', 'meshes: {istio: {charts: {oci: "oci://u:hunter2@h/c"}}}\n'],
  ])('shows no secret that was written %s', (_, text) => {
    const { config, diagnostics } = parseConfig(text, path, {});
    expect(config).toBeUndefined();
    expect(diagnostics.map(formatDiagnostic).join('\n')).not.toContain('hunter2');
  });

  it('any text at all, without throwing', () => {
    const word = fc.constantFrom(
      'repositories',
      'name',
      'url',
      'targets',
      'temporal',
      'credentials',
      'a',
      '/x',
      '1s',
    );
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        word,
        fc.integer(),
        fc.constant(null),
        fc.array(tie('tree')),
        fc.dictionary(word, tie('tree')),
      ),
    }));
    const text = fc.oneof(
      fc.string(),
      tree.map((data) => JSON.stringify(data)),
    );
    fc.assert(
      fc.property(text, (source) => {
        const { config, diagnostics } = parseConfig(source, path, {});
        expect(config === undefined).toBe(diagnostics.length > 0);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the file', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'meshwright-config-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function refusal(file: string): Promise<unknown> {
    return loadConfig({ path: file, environment: {} }).catch((error: unknown) => error);
  }

  it('is read', async () => {
    const file = join(folder, 'meshwright.yaml');
    await writeFile(file, 'evidence: { directory: e }\n');
    expect(await loadConfig({ path: file, environment: {} })).toMatchObject({
      path: file,
      evidence: { directory: join(folder, 'e') },
    });
  });

  it('is refused with a line for each thing that is wrong', async () => {
    const file = join(folder, 'meshwright.yaml');
    await writeFile(file, 'lgo: {}\nlog: { level: loud }\n');
    const error = await refusal(file);
    if (!isMeshwrightError(error)) throw error;
    expect(error.code).toBe('INVALID_CONFIGURATION');
    expect(error.details.lines?.map((line) => line.split('\n')[0])).toEqual([
      `${file}:2:15: error: log.level must be one of debug, info, warn, error, silent; found the text "loud" [unknown-value]`,
      `${file}:1:1: error: lgo is not a known field [unknown-field]`,
    ]);
  });

  it.each([
    ['absent', () => Promise.resolve()],
    ['a folder', (file: string) => mkdir(file)],
    ['larger than a configuration', (file: string) => writeFile(file, 'a'.repeat(2_000_000))],
    ['binary', (file: string) => writeFile(file, Buffer.from([0xff, 0xfe, 0, 1]))],
  ] as [string, (file: string) => Promise<void>][])('is refused when it is %s', async (_, make) => {
    const file = join(folder, 'meshwright.yaml');
    await make(file);
    expect(await refusal(file)).toMatchObject({ code: 'INVALID_CONFIGURATION', details: { where: file } });
  });
});
