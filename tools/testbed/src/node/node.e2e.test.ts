import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { ISTIO_VERSION } from '../parts/catalogue.ts';
import { ensurePart } from '../parts/ensure.ts';
import { istioCharts } from '../parts/istio-module.ts';
import type { Testbed } from '../testbed.ts';
import { run } from './command.ts';
import { istioValues } from './istio-values.ts';
import { useNodes } from './test-support/nodes.ts';

const SAMPLE = join(import.meta.dirname, '../../../../examples/apps/checkout');
const POD_SECONDS = 120;

const { path, start } = useNodes();

describe('a node', () => {
  let testbed: Testbed;
  let kubectl: (...args: string[]) => Promise<string>;
  beforeAll(async () => {
    testbed = await start('used');
    const program = await ensurePart('kubectl');
    kubectl = (...args) => run(program, ['--kubeconfig', testbed.kubeconfig, ...args], POD_SECONDS + 10);
  });
  afterAll(() => testbed.stop({ remove: true }));

  const call = (namespace: string, url: string, ...options: string[]): Promise<string> => {
    const command = ['fortio', 'curl', '-quiet', ...options, url];
    return kubectl('-n', namespace, 'exec', 'deploy/client', '-c', 'client', '--', ...command);
  };

  /** Has the client ask the server, itself asked through the API server. */
  async function fetchThroughClient(namespace: string): Promise<string> {
    const pod = await kubectl('-n', namespace, 'get', 'pod', '-l', 'app=client', '-o', 'name');
    const client = `/api/v1/namespaces/${namespace}/pods/${pod.trim().replace('pod/', '')}:8080/proxy`;
    return kubectl('get', '--raw', `${client}/fortio/fetch/server:8080/debug`);
  }

  async function runSample(namespace: string): Promise<void> {
    await kubectl('-n', namespace, 'apply', '-f', SAMPLE);
    for (const name of ['server', 'client']) {
      await kubectl('-n', namespace, 'rollout', 'status', `deploy/${name}`, `--timeout=${POD_SECONDS}s`);
    }
  }

  async function installChart(chart: string, release: string, ...options: string[]): Promise<void> {
    const helm = await ensurePart('helm');
    const folder = join(await istioCharts(), chart);
    const manifests = path(`${release}.yaml`);
    await writeFile(
      manifests,
      await run(helm, ['template', release, folder, '-n', 'istio-system', ...options]),
    );
    await kubectl('apply', '--server-side', '-f', manifests);
  }

  /** Installs Istio in a revision of its own, and gives a namespace whose pods that revision serves. */
  async function installIstio(version: string): Promise<string> {
    const revision = version.replaceAll('.', '-');
    const values = path(`${revision}.json`);
    await writeFile(values, JSON.stringify({ ...istioValues(version), revision }));
    if (!(await kubectl('get', 'namespaces', '-o', 'name')).includes('istio-system')) {
      await kubectl('create', 'namespace', 'istio-system');
      await installChart('base', 'base', '--include-crds');
    }
    await installChart('istiod', `istiod-${revision}`, '--values', values);
    await kubectl(
      '-n',
      'istio-system',
      'rollout',
      'status',
      `deploy/istiod-${revision}`,
      `--timeout=${POD_SECONDS}s`,
    );
    const namespace = `mesh-${revision}`;
    await kubectl('create', 'namespace', namespace);
    await kubectl('label', 'namespace', namespace, `istio.io/rev=${revision}`);
    return namespace;
  }

  test('runs pods that reach each other by the names of Services, and shows their logs', async () => {
    await kubectl('create', 'namespace', 'plain');
    await runSample('plain');
    const answer = await call('plain', 'http://server.plain.svc.cluster.local:8080/debug');
    expect(answer).toContain('Host: server.plain.svc.cluster.local:8080');
    expect(answer).not.toContain('X-Forwarded-Client-Cert');
    expect(await kubectl('-n', 'plain', 'logs', 'deploy/server')).toContain('8080');
  });

  test('lets pods reach the Kubernetes API, and this machine reach pods through the API server', async () => {
    await kubectl('create', 'namespace', 'api');
    await runSample('api');
    const authority = '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt';
    const version = await call('api', 'https://kubernetes.default.svc/version', '-cacert', authority);
    expect(version).toContain('"gitVersion": "v1.');
    expect(await fetchThroughClient('api')).toContain('Host: server:8080');
  });

  test('carries traffic between sidecars with mutual TLS, and refuses plain text where that is strict', async () => {
    const namespace = await installIstio(ISTIO_VERSION);
    await writeFile(path('strict.json'), JSON.stringify(strictMutualTls));
    await kubectl('-n', namespace, 'apply', '-f', path('strict.json'));

    await runSample(namespace);
    const identity = `URI=spiffe://cluster.local/ns/${namespace}/sa/client`;
    expect(await call(namespace, 'http://server:8080/debug')).toContain(identity);
    expect(await fetchThroughClient(namespace)).toContain(identity);
    const address = await kubectl(
      '-n',
      namespace,
      'get',
      'service',
      'server',
      '-o',
      'jsonpath={.spec.clusterIP}',
    );
    await expect(fetch(`http://${address}:8080/debug`)).rejects.toThrow('fetch failed');
  });

  test('is used again by a second start', async () => {
    const again = await start('used');
    expect(again.reused).toBe(true);
    expect(again.kubeconfig).toBe(testbed.kubeconfig);
  });

  test('runs beside another one', async () => {
    const other = await start('other');
    try {
      expect(other.apiServer).not.toBe(testbed.apiServer);
      expect(await kubectl('get', 'nodes', '-o', 'name')).toBe('node/testbed-node\n');
    } finally {
      await other.stop({ remove: true });
    }
  });
});

const strictMutualTls = {
  apiVersion: 'security.istio.io/v1',
  kind: 'PeerAuthentication',
  metadata: { name: 'default' },
  spec: { mtls: { mode: 'STRICT' } },
};
