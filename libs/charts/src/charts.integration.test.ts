import { chmod, cp, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Charts, type ChartsOptions, openCharts } from './charts.ts';
import type { ChartSource } from './source.ts';
import { greeting, later, publishChart } from './test-support/published.ts';
import { packageChart, testHelm, writeChart } from './test-support/chart.ts';
import { type TestServer, serveRegistry, serveRepository } from './test-support/repository.ts';
import { requestFor } from './test-support/requests.ts';

let directory: string;
let servers: TestServer[];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'charts-'));
  servers = [];
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  await rm(directory, { recursive: true });
});

function open(source: ChartSource, options: Partial<ChartsOptions> = {}): Charts {
  return openCharts({ helm: testHelm(), cacheDirectory: join(directory, 'cache'), source, ...options });
}

function publish(options: { version?: string; greeting?: string } = {}): Promise<string> {
  return publishChart(directory, options);
}

async function serve(repository: string): Promise<TestServer> {
  const server = await serveRepository(repository);
  servers.push(server);
  return server;
}

describe('charts of a directory', () => {
  it('render with the values, the cluster version and the API versions they are given', async () => {
    await writeChart(directory);
    const data = await greeting(open({ directory }), {
      values: { greeting: 'good day' },
      apiVersions: ['gateway.networking.k8s.io/v1'],
    });
    expect(data).toEqual({ greeting: 'good day', kubernetes: 'v1.36.3', gatewayApi: 'true' });
  });

  it('start Helm once for those who ask for the same at once, and give each objects of its own', async () => {
    await writeChart(directory);
    const [calls, helm] = [join(directory, 'calls'), join(directory, 'counting-helm')];
    await writeFile(helm, `#!/bin/sh\necho "$1" >> '${calls}'\nexec '${testHelm()}' "$@"\n`);
    await chmod(helm, 0o755);
    const charts = open({ directory }, { helm });
    const [one = [], another] = await Promise.all(
      [requestFor(), requestFor(), requestFor()].map((request) => charts.template(request)),
    );
    expect((await readFile(calls, 'utf8')).trim().split('\n')).toEqual(['version', 'template']);
    expect(another).toEqual(one);
    for (const object of one) object.metadata.name = 'mine';
    expect(another).toEqual(await charts.template(requestFor()));
  });

  it('bring CRDs when asked, and never tests or the hooks of deletion', async () => {
    await writeChart(directory);
    const names = async (includeCrds: boolean) =>
      (await open({ directory }).template(requestFor({ includeCrds }))).map(({ metadata }) => metadata.name);
    expect(await names(true)).toEqual(['demos.example.test', 'demo', 'prepare']);
    expect(await names(false)).toEqual(['demo', 'prepare']);
  });

  it('may be archives', async () => {
    const folder = await writeChart(join(directory, 'sources'));
    await packageChart(folder, join(directory, 'packed'));
    const charts = open({ directory: join(directory, 'packed') });
    expect(await greeting(charts)).toMatchObject({ greeting: 'hello' });
    await expect(charts.available()).resolves.toMatchObject({
      source: expect.stringContaining('demo-1.2.3.tgz') as string,
    });
  });

  it('may lie there in several versions side by side', async () => {
    const later = await writeChart(join(directory, 'later'), { greeting: 'later' });
    await writeChart(join(directory, 'sources'), { greeting: 'now' });
    await cp(later, join(directory, 'sources', 'demo-1.2.3'), { recursive: true });
    expect(await greeting(open({ directory: join(directory, 'sources') }))).toMatchObject({
      greeting: 'later',
    });
  });

  it('render again after a change, and are not mixed with what was there', async () => {
    await writeChart(directory);
    const charts = open({ directory });
    expect(await greeting(charts)).toMatchObject({ greeting: 'hello' });
    await writeChart(directory, { greeting: 'changed' });
    expect(await greeting(charts)).toMatchObject({ greeting: 'changed' });
  });

  it('say which version is there when another is asked for', async () => {
    await writeChart(directory, { version: '2.0.0' });
    await expect(greeting(open({ directory }))).rejects.toMatchObject({
      code: 'CHART_MISSING',
      details: { remedy: expect.stringContaining('2.0.0') as string },
    });
  });

  it('say what is there when a chart is not', async () => {
    await writeChart(directory, { name: 'other' });
    await expect(greeting(open({ directory }))).rejects.toMatchObject({
      code: 'CHART_MISSING',
      details: { remedy: expect.stringContaining('other') as string },
    });
  });

  it('are refused when a link leads out of the chart', async () => {
    const folder = await writeChart(directory);
    await symlink('/etc/passwd', join(folder, 'templates', 'passwd.yaml'));
    await expect(greeting(open({ directory }))).rejects.toMatchObject({ code: 'CHART_REFUSED' });
  });

  it('tell in Helm’s words why they cannot be rendered, without the secrets of the values', async () => {
    await writeChart(directory);
    const rendering = greeting(open({ directory }), { values: { fail: true, password: 'hunter2hunter2' } });
    await expect(rendering).rejects.toMatchObject({
      code: 'CHART_RENDER_FAILED',
      message: expect.stringContaining('refused with password [redacted]') as string,
    });
  });

  it('leave no values on disk, and what they leave is readable by its owner alone', async () => {
    await writeChart(directory);
    await greeting(open({ directory }), { values: { password: 'hunter2hunter2' } });
    const paths = await readdir(join(directory, 'cache'), { recursive: true, withFileTypes: true });
    const files = paths.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    const contents = await Promise.all(files.map((file) => readFile(file, 'utf8')));
    expect(contents.filter((content) => content.includes('hunter2'))).toEqual([]);
    const modes = await Promise.all(
      paths.map(async (entry) => (await stat(join(entry.parentPath, entry.name))).mode & 0o077),
    );
    expect(modes.filter((mode) => mode !== 0)).toEqual([]);
  });

  it('stop when they are told to', async () => {
    await writeChart(directory);
    const abort = new AbortController();
    abort.abort(new Error('stopped'));
    await expect(open({ directory }).template(requestFor(), { signal: abort.signal })).rejects.toThrow(
      'stopped',
    );
  });
});

describe('charts of a repository', () => {
  it('are pulled, and asked for once in the life of the source', async () => {
    const server = await serve(await publish());
    const charts = open({ repository: `http://${server.host}` });
    expect(await greeting(charts)).toMatchObject({ greeting: 'hello' });
    const asked = server.requests.length;
    expect(await greeting(charts, { values: { greeting: 'again' } })).toMatchObject({ greeting: 'again' });
    expect(server.requests.length).toBe(asked);
  });

  it('are rendered from the cache while the repository is down', async () => {
    const server = await serve(await publish());
    const source = { repository: `http://${server.host}` };
    await greeting(open(source));
    await server.close();
    expect(await greeting(open(source), { values: { greeting: 'offline' } })).toMatchObject({
      greeting: 'offline',
    });
    await expect(open(source).available()).rejects.toMatchObject({ code: 'CHART_UNAVAILABLE' });
  });

  it('are unavailable, and may be tried again, when the repository is down and nothing was pulled', async () => {
    const server = await serve(await publish());
    await server.close();
    await expect(greeting(open({ repository: `http://${server.host}` }))).rejects.toMatchObject({
      code: 'CHART_UNAVAILABLE',
      retryable: true,
      details: { remedy: expect.stringContaining('reachable') as string },
    });
  });

  it('are refused when a version is another archive than before, also by a later process', async () => {
    const server = await serve(await publish());
    const source = { repository: `http://${server.host}` };
    await greeting(open(source));
    await publish({ greeting: 'tampered' });
    const process = open(source, { now: later(10) });
    await expect(greeting(process)).rejects.toMatchObject({ code: 'CHART_REFUSED', retryable: false });
  });

  it('say which versions there are when one is missing', async () => {
    await publish({ version: '1.3.0' });
    const server = await serve(await publish({ version: '1.10.0' }));
    await expect(greeting(open({ repository: `http://${server.host}` }))).rejects.toMatchObject({
      code: 'CHART_MISSING',
      message: expect.stringContaining('no version 1.2.3') as string,
      details: { remedy: 'It has 1.10.0, 1.3.0.' },
    });
  });

  it('say that the repository has no such chart', async () => {
    const server = await serve(await publish());
    await expect(
      greeting(open({ repository: `http://${server.host}` }), { chart: 'absent' }),
    ).rejects.toMatchObject({
      code: 'CHART_MISSING',
      message: expect.stringContaining('no chart "absent"') as string,
    });
  });

  it('are pulled again when the cached archive is damaged', async () => {
    const server = await serve(await publish());
    const source = { repository: `http://${server.host}` };
    await greeting(open(source));
    const archives = join(directory, 'cache', 'archives');
    for (const name of await readdir(archives)) await writeFile(join(archives, name), 'damaged');
    expect(await greeting(open(source), { values: { greeting: 'mended' } })).toMatchObject({
      greeting: 'mended',
    });
  });

  it('say that an address is no repository', async () => {
    const server = await serve(join(directory, 'nothing'));
    await expect(open({ repository: `http://${server.host}` }).available()).rejects.toMatchObject({
      code: 'CHART_UNAVAILABLE',
    });
  });
});

describe('charts of a registry', () => {
  it('are pulled by their tag, and rendered from the cache while the registry is down', async () => {
    const repository = await publish();
    const server = await serveRegistry({
      name: 'charts/demo',
      tag: '1.2.3',
      archive: await readFile(join(repository, 'demo-1.2.3.tgz')),
      chart: { apiVersion: 'v2', name: 'demo', version: '1.2.3' },
    });
    servers.push(server);
    const source = { oci: `oci://${server.host}/charts` };
    expect(await greeting(open(source))).toMatchObject({ greeting: 'hello' });
    await expect(open(source).available()).resolves.toMatchObject({
      source: expect.stringContaining(server.host) as string,
    });
    await server.close();
    expect(await greeting(open(source), { values: { greeting: 'offline' } })).toMatchObject({
      greeting: 'offline',
    });
    await expect(open(source).available()).rejects.toMatchObject({ code: 'CHART_UNAVAILABLE' });
  });

  it('are missing under another tag', async () => {
    const repository = await publish();
    const archive = await readFile(join(repository, 'demo-1.2.3.tgz'));
    const server = await serveRegistry({
      name: 'charts/demo',
      tag: '1.2.3',
      archive,
      chart: { name: 'demo', version: '1.2.3' },
    });
    servers.push(server);
    await expect(
      greeting(open({ oci: `oci://${server.host}/charts` }), { version: '9.9.9' }),
    ).rejects.toMatchObject({
      code: 'CHART_MISSING',
    });
  });
});

describe('one cache of several processes', () => {
  it('takes parallel renderings of the same chart', async () => {
    await writeChart(join(directory, 'charts'));
    await cp(join(directory, 'charts'), join(directory, 'same'), { recursive: true });
    const sources = ['charts', 'same', 'charts', 'same'].map((name) =>
      open({ directory: join(directory, name) }),
    );
    const results = await Promise.all(sources.map((charts) => greeting(charts)));
    expect(new Set(results.map((data) => JSON.stringify(data))).size).toBe(1);
  });
});
