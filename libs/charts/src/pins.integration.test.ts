import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf } from '@meshwright/evidence';
import type { Digest } from '@meshwright/model';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Charts, type ChartsOptions, openCharts } from './charts.ts';
import type { ChartSource } from './source.ts';
import { packageChart, testHelm, writeChart } from './test-support/chart.ts';
import { greeting, later, publishChart } from './test-support/published.ts';
import { serveRegistry, serveRepository, serveSlowly, type TestServer } from './test-support/repository.ts';

let directory: string;
let servers: TestServer[];
const logger = { info: vi.fn(), warn: vi.fn() };
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'charts-'));
  servers = [];
  vi.clearAllMocks();
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  await rm(directory, { recursive: true });
});

const other: Digest = `sha256:${'0'.repeat(64)}`;

function open(source: ChartSource, options: Partial<ChartsOptions> = {}): Charts {
  return openCharts({
    helm: testHelm(),
    cacheDirectory: join(directory, 'cache'),
    source,
    logger,
    ...options,
  });
}

async function opened(server: Promise<TestServer>): Promise<TestServer> {
  servers.push(await server);
  return server;
}

async function published(
  options: { greeting?: string } = {},
): Promise<{ repository: string; digest: Digest }> {
  const repository = await publishChart(directory, options);
  return { repository, digest: digestOf(await readFile(join(repository, 'demo-1.2.3.tgz'))) };
}

/** A registry with the archive that is published now. */
async function registry(repository: string): Promise<TestServer> {
  return opened(
    serveRegistry({
      name: 'charts/demo',
      tag: '1.2.3',
      archive: await readFile(join(repository, 'demo-1.2.3.tgz')),
      chart: { apiVersion: 'v2', name: 'demo', version: '1.2.3' },
    }),
  );
}

function refusal(found: Digest, pin: Digest, where: string): object {
  return {
    code: 'CHART_REFUSED',
    retryable: false,
    message: expect.stringMatching(
      new RegExp(`${where}.*has the digest ${found}, and ${pin} is pinned`),
    ) as string,
    details: {
      where: 'charts.digests.demo-1.2.3',
      remedy: expect.stringContaining('correct the digest in meshwright.yaml') as string,
    },
  };
}

describe('a pinned chart', () => {
  it('of a repository is rendered when it has the digest, and refused before it is stored when it has not', async () => {
    const { repository, digest } = await published();
    const { host } = await opened(serveRepository(repository));
    const source = { repository: `http://${host}` };
    const refused = greeting(open(source, { digests: { 'demo-1.2.3': other } }));
    await expect(refused).rejects.toMatchObject(refusal(digest, other, host));
    await expect(readdir(join(directory, 'cache', 'archives'))).rejects.toMatchObject({ code: 'ENOENT' });
    const charts = open(source, { digests: { 'demo-1.2.3': digest, 'other-1.2.3': other } });
    expect(await greeting(charts)).toMatchObject({ greeting: 'hello' });
  });

  it('is taken from the cache, with a word, when the repository has another by now', async () => {
    const { repository, digest } = await published();
    const source = { repository: `http://${(await opened(serveRepository(repository))).host}` };
    const digests = { 'demo-1.2.3': digest };
    await greeting(open(source, { digests }));
    const tampered = await published({ greeting: 'tampered' });
    const charts = open(source, { digests, now: later(10) });
    expect(await greeting(charts, { values: { fail: false } })).toMatchObject({ greeting: 'hello' });
    expect(logger.warn).toHaveBeenCalledWith(
      expect.objectContaining({ digest, reason: expect.stringContaining(tampered.digest) as string }),
      'chart taken from the cache',
    );
  });

  it('stands above the archive that was used first', async () => {
    const { repository } = await published();
    const source = { repository: `http://${(await opened(serveRepository(repository))).host}` };
    await greeting(open(source));
    const { digest } = await published({ greeting: 'mended' });
    const digests = { 'demo-1.2.3': digest };
    expect(await greeting(open(source, { digests, now: later(10) }))).toMatchObject({ greeting: 'mended' });
    expect(await greeting(open(source, { now: later(20) }))).toMatchObject({ greeting: 'mended' });
  });

  it('is not replaced by a cached one of another digest while the repository is down', async () => {
    const { repository, digest } = await published();
    const server = await opened(serveRepository(repository));
    const source = { repository: `http://${server.host}` };
    await greeting(open(source));
    await server.close();
    const charts = open(source, { digests: { 'demo-1.2.3': other } });
    await expect(greeting(charts)).rejects.toMatchObject({
      code: 'CHART_UNAVAILABLE',
      message: expect.stringContaining(`has the digest ${digest}, and ${other} is pinned`) as string,
    });
  });

  it('of a registry is known by the digest of its archive', async () => {
    const { repository, digest } = await published();
    const { host } = await registry(repository);
    const source = { oci: `oci://${host}/charts` };
    const refused = greeting(open(source, { digests: { 'demo-1.2.3': other } }));
    await expect(refused).rejects.toMatchObject(refusal(digest, other, host));
    expect(await greeting(open(source, { digests: { 'demo-1.2.3': digest } }))).toMatchObject({
      greeting: 'hello',
    });
  });

  it('of a directory is known by the content of its folder, or by its archive', async () => {
    const folder = await writeChart(join(directory, 'folders'));
    const packed = join(directory, 'packed');
    await packageChart(folder, packed);
    for (const where of [join(directory, 'folders'), packed]) {
      const wrong = greeting(open({ directory: where }, { digests: { 'demo-1.2.3': other } }));
      const message = await wrong.catch((error: unknown) => String(error));
      const found = /has the digest (sha256:[0-9a-f]{64})/.exec(String(message))?.[1] as Digest;
      const digests = { 'demo-1.2.3': found };
      expect(await greeting(open({ directory: where }, { digests }))).toMatchObject({ greeting: 'hello' });
    }
    expect(digestOf(await readFile(join(packed, 'demo-1.2.3.tgz')))).toMatch(/^sha256:/);
  });

  it('of a directory is refused once anything in it changed', async () => {
    const folder = await writeChart(directory);
    const wrong = await greeting(open({ directory }, { digests: { 'demo-1.2.3': other } })).catch(String);
    const digests = { 'demo-1.2.3': /(sha256:[0-9a-f]{64}),/.exec(String(wrong))?.[1] as Digest };
    expect(await greeting(open({ directory }, { digests }))).toMatchObject({ greeting: 'hello' });
    await writeFile(join(folder, 'templates', 'more.yaml'), '# more\n');
    const charts = open({ directory }, { digests });
    await expect(greeting(charts)).rejects.toMatchObject({ code: 'CHART_REFUSED' });
    await expect(charts.available()).rejects.toMatchObject({ code: 'CHART_REFUSED' });
  });
});

describe('the index of a repository', () => {
  it('is asked for once within some minutes, also by a later process, and then only whether it changed', async () => {
    const { repository } = await published();
    const { host, requests } = await opened(serveRepository(repository));
    const source = { repository: `http://${host}` };
    await Promise.all(['a', 'b'].map((name) => greeting(open(source), { releaseName: name })));
    requests.length = 0;
    await greeting(open(source), { releaseName: 'c' });
    expect(requests).toEqual([]);
    await greeting(open(source, { now: later(10) }), { releaseName: 'd' });
    expect(requests).toEqual(['/index.yaml 304']);
  });

  it('is asked for again when it lacks a version that may be new', async () => {
    const { repository } = await published();
    const source = { repository: `http://${(await opened(serveRepository(repository))).host}` };
    await greeting(open(source));
    await publishChart(directory, { version: '1.2.4' });
    expect(await greeting(open(source), { version: '1.2.4' })).toMatchObject({ greeting: 'hello' });
  });

  it('counts for what it lists while the repository is down, and for nothing else', async () => {
    const { repository } = await published();
    const server = await opened(serveRepository(repository));
    const source = { repository: `http://${server.host}` };
    await greeting(open(source));
    await server.close();
    const charts = open(source, { now: later(10) });
    expect(await greeting(charts)).toMatchObject({ greeting: 'hello' });
    await expect(greeting(charts, { version: '1.2.4' })).rejects.toMatchObject({
      code: 'CHART_UNAVAILABLE',
      message: expect.stringContaining('the cached one has no version 1.2.4') as string,
    });
  });

  it('that lists another digest than the archive has is not believed', async () => {
    const { repository, digest } = await published();
    const index = await readFile(join(repository, 'index.yaml'), 'utf8');
    await writeFile(join(repository, 'index.yaml'), index.replace(digest.slice(7), other.slice(7)));
    const { host } = await opened(serveRepository(repository));
    await expect(greeting(open({ repository: `http://${host}` }))).rejects.toMatchObject({
      code: 'CHART_REFUSED',
      message: expect.stringContaining(`${digest}, and the index says ${other}`) as string,
    });
  });

  it('that is none is no index', async () => {
    await writeFile(join(directory, 'index.yaml'), '<html>Log in first</html>');
    const { host } = await opened(serveRepository(directory));
    await expect(greeting(open({ repository: `http://${host}` }))).rejects.toMatchObject({
      code: 'CHART_UNAVAILABLE',
      message: expect.stringContaining('it has no entries') as string,
    });
  });
});

describe('a source that does not come to an end', () => {
  const patience = { connectMs: 500, totalMs: 500 };

  it.each(['silent', 'drips'] as const)(
    'is left in time when it %s: repository and registry',
    async (manner) => {
      const { host } = await opened(serveSlowly(manner));
      for (const source of [{ repository: `http://${host}` }, { oci: `oci://${host}/charts` }]) {
        await expect(greeting(open(source, { patience }))).rejects.toMatchObject({
          code: 'CHART_UNAVAILABLE',
          retryable: true,
          message: expect.stringContaining(host) as string,
        });
        await expect(open(source, { patience }).available()).rejects.toMatchObject({
          code: 'CHART_UNAVAILABLE',
        });
      }
    },
  );

  it('leaves what was pulled before: repository and registry', async () => {
    const { repository, digest } = await published();
    const servers = [await opened(serveRepository(repository)), await registry(repository)] as const;
    const sources = [{ repository: `http://${servers[0].host}` }, { oci: `oci://${servers[1].host}/charts` }];
    for (const source of sources) await greeting(open(source));
    for (const server of servers) server.slowDown();
    for (const source of sources) {
      const charts = open(source, { patience, now: later(10), digests: { 'demo-1.2.3': digest } });
      expect(await greeting(charts, { values: { greeting: 'slow' } })).toMatchObject({ greeting: 'slow' });
    }
    expect(logger.warn).toHaveBeenCalledWith(
      expect.objectContaining({ reason: expect.stringContaining('took too long') as string }),
      'index of charts taken from the cache',
    );
    expect(logger.warn).toHaveBeenCalledWith(
      expect.objectContaining({ digest, reason: expect.stringContaining('took too long') as string }),
      'chart taken from the cache',
    );
  });
});

describe('what is said of a source', () => {
  it('names what is pinned, what of it is cached, and what the repository has instead', async () => {
    const { repository, digest } = await published();
    const source = { repository: `http://${(await opened(serveRepository(repository))).host}` };
    const said = async (options: Partial<ChartsOptions>) => (await open(source, options).available()).source;
    const digests = { 'demo-1.2.3': digest };
    expect(await said({})).toContain('answers; nothing is pinned: the first archive of each version counts');
    expect(await said({ digests })).toContain('answers; pinned: demo-1.2.3 (not yet in the cache)');
    await greeting(open(source, { digests }));
    expect(await said({ digests })).toContain('pinned: demo-1.2.3 (in the cache)');
    const tampered = await published({ greeting: 'tampered' });
    expect(await said({ digests })).toContain(`in the cache, the source has another: ${tampered.digest}`);
    await rm(join(directory, 'cache'), { recursive: true });
    await expect(said({ digests })).rejects.toMatchObject({ code: 'CHART_REFUSED' });
  });
});
