import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '@meshwright/config';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { chartChecks } from './chart-checks.ts';
import { type CheckResult, runChecks } from './run.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'doctor-'));
  await mkdir(join(directory, 'charts', 'istiod'), { recursive: true });
  await writeFile(join(directory, 'charts', 'istiod', 'Chart.yaml'), 'name: istiod\nversion: 1.31.1\n');
  await writeFile(join(directory, 'helm'), '#!/bin/sh\necho v4.2.4\n');
  await chmod(join(directory, 'helm'), 0o755);
});
afterEach(() => rm(directory, { recursive: true }));

async function look(charts: string): Promise<CheckResult | undefined> {
  const text = `charts: { helm: ./helm, cache: cache }\nmeshes: { istio: { charts: ${charts} } }\n`;
  const { config } = parseConfig(text, join(directory, 'meshwright.yaml'), {});
  const options = { timeoutSeconds: 30, signal: new AbortController().signal };
  const results = await runChecks(chartChecks(config!), options);
  return results.find(({ name }) => name === 'charts istio');
}

it('says what a source of charts holds, and that nothing of it is pinned', async () => {
  expect(await look('{ directory: charts }')).toMatchObject({
    state: 'ok',
    message: `${join(directory, 'charts')} holds istiod; nothing is pinned`,
  });
});

it('fails where a pinned chart is another one, naming both digests, and not where it is the same', async () => {
  const pin = `sha256:${'0'.repeat(64)}`;
  const failed = await look(`{ directory: charts, digests: { istiod-1.31.1: "${pin}" } }`);
  expect(failed).toMatchObject({ state: 'failed', details: { where: 'charts.digests.istiod-1.31.1' } });
  const found = /has the digest (sha256:[0-9a-f]{64}), and (sha256:0{64}) is pinned/.exec(
    failed!.message,
  )?.[1];
  expect(await look(`{ directory: charts, digests: { istiod-1.31.1: "${found}" } }`)).toMatchObject({
    state: 'ok',
    message: expect.stringContaining('pinned, and as it should be: istiod-1.31.1') as string,
  });
});

it('says what is pinned where only the agents know the source', async () => {
  const pin = `sha256:${'0'.repeat(64)}`;
  expect(await look(`{ digests: { istiod-1.31.1: "${pin}" } }`)).toMatchObject({
    state: 'skipped',
    message: expect.stringContaining('pinned: istiod-1.31.1') as string,
  });
});

it('fails where a repository does not answer', async () => {
  expect(await look('{ repository: "http://127.0.0.1:1" }')).toMatchObject({
    state: 'failed',
    message: expect.stringContaining('the connection was refused') as string,
    details: { remedy: expect.stringContaining('reachable') as string },
  });
});
