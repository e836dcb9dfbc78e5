import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, inject, it, onTestFinished } from 'vitest';

import { callApi, connectionOf, createObject, type ApiConnection } from './control-plane/api-client.ts';
import { NEVER_READY_ANNOTATION } from './control-plane/kwok-stages.ts';
import { openAuthority } from './control-plane/certificates.ts';
import { readState, writeState } from './state.ts';
import { clearAbandonedTestbeds, testbedStatus } from './status.ts';
import { scratchDirectory } from './test-support/scratch.ts';
import { startTestbed, stopTestbed, testbedDirectory, type Testbed, type TestbedOptions } from './testbed.ts';
import { startTemporal } from './temporal/start-temporal.ts';
import type {} from './vitest-global-setup.ts';

/** All processes of this machine whose command line names the directory. */
async function processesNaming(directory: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue;
    const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (commandLine.includes(directory)) found.push(commandLine.replaceAll('\0', ' '));
  }
  return found;
}

/** A testbed that the next run clears away when this one is killed. */
async function start(name: string, options: Partial<TestbedOptions> = {}): Promise<Testbed> {
  const testbed = await startTestbed({ name, profile: 'control-plane', owned: true, ...options });
  onTestFinished(() => testbed.stop({ remove: true }));
  return testbed;
}

function uniqueName(): string {
  return `test-${randomBytes(6).toString('hex')}`;
}

async function connect(testbed: Testbed): Promise<ApiConnection> {
  const pki = join(testbed.directory, 'pki');
  const authority = await openAuthority(pki);
  return connectionOf(testbed.apiServer, authority, {
    certificate: join(pki, 'admin.crt'),
    key: join(pki, 'admin.key'),
  });
}

function deployment(name: string, annotations: Record<string, string> = {}): object {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, annotations },
        spec: { containers: [{ name: 'app', image: 'example.invalid/app' }] },
      },
    },
  };
}

async function readyReplicas(connection: ApiConnection, name: string): Promise<number> {
  const { body } = await callApi(connection, `/apis/apps/v1/namespaces/default/deployments/${name}`);
  return (JSON.parse(body) as { status?: { readyReplicas?: number } }).status?.readyReplicas ?? 0;
}

async function get<Answer>(connection: ApiConnection, path: string): Promise<Answer> {
  return JSON.parse((await callApi(connection, path)).body) as Answer;
}

const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';

describe('a testbed with the control-plane profile', () => {
  it('runs Deployments, is reused by a second start, and leaves nothing when it is stopped', async () => {
    const name = uniqueName();
    const directory = testbedDirectory(name);
    const testbed = await start(name);
    expect(testbed.reused).toBe(false);
    const connection = await connect(testbed);
    await createObject(connection, DEPLOYMENTS, deployment('sample'));
    await expect.poll(() => readyReplicas(connection, 'sample'), { timeout: 30_000 }).toBe(2);

    const before = await testbedStatus(name);
    const again = await start(name);
    const after = await testbedStatus(name);
    expect(again.reused).toBe(true);
    expect(again.apiServer).toBe(testbed.apiServer);
    expect(after?.processes.map(({ pid }) => pid)).toEqual(before?.processes.map(({ pid }) => pid));
    expect(after?.state).toBe('running');

    expect(await processesNaming(directory)).not.toEqual([]);
    await testbed.stop({ remove: true });
    expect(await processesNaming(directory)).toEqual([]);
    await expect(readdir(directory)).rejects.toThrow('ENOENT');
  });

  it('has its objects and addresses again after a stop that kept its data', async () => {
    const name = uniqueName();
    const testbed = await start(name, { temporal: false });
    await createObject(await connect(testbed), DEPLOYMENTS, deployment('kept'));
    await testbed.stop();
    expect((await testbedStatus(name))?.state).toBe('stopped');
    const again = await start(name, { temporal: false });
    expect(again.reused).toBe(false);
    expect(again.apiServer).toBe(testbed.apiServer);
    const connection = await connect(again);
    await expect.poll(() => readyReplicas(connection, 'kept'), { timeout: 30_000 }).toBe(2);
  });

  it('starts what is missing and leaves alone what runs', async () => {
    const name = uniqueName();
    const kubernetes = await start(name, { temporal: false });
    expect(kubernetes.temporal).toBeUndefined();
    const before = await testbedStatus(name);
    const both = await start(name, { temporal: { persistent: false } });
    expect(both.reused).toBe(false);
    expect(both.apiServer).toBe(kubernetes.apiServer);
    expect(both.temporal).toBeDefined();
    const after = await testbedStatus(name);
    const kept = after?.processes.filter(({ name }) => name !== 'temporal').map(({ pid }) => pid);
    expect(kept).toEqual(before?.processes.map(({ pid }) => pid));
  });

  it('starts anew when one of its programs was killed', async () => {
    const name = uniqueName();
    await start(name, { temporal: false });
    const scheduler = (await testbedStatus(name))?.processes.find(({ name }) => name === 'kube-scheduler');
    process.kill(scheduler!.pid, 'SIGKILL');
    await expect.poll(async () => (await testbedStatus(name))?.state).toBe('degraded');
    const again = await start(name, { temporal: false });
    expect(again.reused).toBe(false);
    expect((await testbedStatus(name))?.state).toBe('running');
  });

  it('leaves nothing running of a start that is interrupted', async () => {
    const name = uniqueName();
    const directory = testbedDirectory(name);
    const abort = new AbortController();
    const starting = start(name, { signal: abort.signal });
    onTestFinished(() => stopTestbed(name, { remove: true }).then(() => undefined));
    const etcdRuns = async (): Promise<boolean> =>
      (await testbedStatus(name))?.processes.some(({ name }) => name === 'etcd') ?? false;
    await expect.poll(etcdRuns, { timeout: 30_000, interval: 20 }).toBe(true);
    abort.abort(new Error('Ctrl-C'));
    await expect(starting).rejects.toThrow();
    expect(await processesNaming(directory)).toEqual([]);
  });

  it('refuses to be another profile than the one that runs', async () => {
    const name = uniqueName();
    await start(name, { temporal: false });
    await expect(start(name, { profile: 'node', temporal: false })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
  });
});

describe('the testbed of this run', () => {
  it('is handed to tests by its kubeconfig and its Temporal address', async () => {
    expect(await readFile(inject('kubeconfig'), 'utf8')).toContain('client-certificate-data');
    expect(inject('temporalAddress')).toMatch(/^127\.0\.0\.1:\d+$/);
  });
});

describe('pods on kwok', () => {
  it('are in a cluster of the pinned version, and stay unready when they ask for it', async () => {
    const testbed = await start(uniqueName(), { temporal: false, nodes: 3 });
    const connection = await connect(testbed);
    const version = await get<{ gitVersion: string }>(connection, '/version');
    expect(version.gitVersion).toMatch(/^v1\.36\./);
    const nodes = await get<{ items: unknown[] }>(connection, '/api/v1/nodes');
    expect(nodes.items).toHaveLength(3);
    await createObject(connection, DEPLOYMENTS, deployment('stuck', { [NEVER_READY_ANNOTATION]: 'true' }));
    await createObject(connection, DEPLOYMENTS, deployment('fine'));
    await expect.poll(() => readyReplicas(connection, 'fine'), { timeout: 30_000 }).toBe(2);
    expect(await readyReplicas(connection, 'stuck')).toBe(0);
  });

  it('answer nobody without a certificate', async () => {
    const testbed = await start(uniqueName(), { temporal: false });
    const connection = await connect(testbed);
    const stranger = await openAuthority(await scratchDirectory());
    const forged = await stranger.issue('admin', { commonName: 'admin', organizations: ['system:masters'] });
    const asStranger = {
      ...(await connectionOf(testbed.apiServer, stranger, forged)),
      certificateAuthority: connection.certificateAuthority,
    };
    expect((await callApi(asStranger, '/api/v1/secrets')).status).toBe(401);
  });
});

describe('Temporal alone', () => {
  it('answers, and leaves nothing when it stops', async () => {
    const temporal = await startTemporal();
    onTestFinished(() => temporal.stop());
    expect((await fetch(temporal.ui)).status).toBe(200);
    await temporal.stop();
    await expect(fetch(temporal.ui)).rejects.toThrow('fetch failed');
  });
});

describe('a testbed whose process is gone', () => {
  it('is cleared away by the next run, and one whose process lives is not', async () => {
    const options = { kubernetes: false, temporal: { persistent: false } };
    const [abandoned, kept] = [await start(uniqueName(), options), await start(uniqueName(), options)];
    const state = await readState(abandoned.directory);
    const ended = spawn('true');
    await once(ended, 'exit');
    await writeState(abandoned.directory, { ...state!, owner: { pid: ended.pid!, identity: 'gone' } });
    expect(await clearAbandonedTestbeds()).toContain(abandoned.name);
    expect(await processesNaming(abandoned.directory)).toEqual([]);
    expect(await testbedStatus(abandoned.name)).toBeUndefined();
    expect((await testbedStatus(kept.name))?.state).toBe('running');
  });
});

describe('the directory of a testbed', () => {
  it('must be its own, since it is removed with it', async () => {
    const directory = await scratchDirectory();
    await writeFile(join(directory, 'thesis.txt'), 'years of work');
    const starting = start('foreign', { stateDirectory: directory });
    await expect(starting).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(await stopTestbed('foreign', { stateDirectory: directory, remove: true })).toEqual({
      stopped: [],
      removed: false,
    });
    expect(await readdir(directory)).toEqual(['thesis.txt']);
  });
});
