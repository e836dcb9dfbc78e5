import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCharts } from './charts.ts';
import type { ChartSource } from './source.ts';
import { requestFor } from './test-support/requests.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'charts-'));
});
afterEach(() => rm(directory, { recursive: true }));

function open(source: ChartSource, helm = join(directory, 'no-helm')) {
  return openCharts({ helm, cacheDirectory: join(directory, 'cache'), source });
}

describe('charts', () => {
  it.each<[string, ChartSource]>([
    ['no address', { repository: 'charts' }],
    ['another scheme', { repository: 'file:///etc' }],
    ['plain text beyond this machine', { repository: 'http://charts.example.test' }],
    ['credentials', { repository: 'https://user:hunter2@charts.example.test' }],
    ['a query', { repository: 'https://charts.example.test/?token=hunter2' }],
    ['a registry without oci://', { oci: 'https://registry.example.test/charts' }],
    ['an empty directory name', { directory: '' }],
  ])('refuse a source with %s, without repeating it', (_name, source) => {
    expect(() => open(source)).toThrow(expect.objectContaining({ code: 'INVALID_CONFIGURATION' }));
    expect(() => open(source)).not.toThrow(/hunter2/);
  });

  it.each([
    ['chart', '../istiod'],
    ['chart', '--post-renderer=x'],
    ['version', '^1.0.0'],
    ['version', 'latest'],
    ['releaseName', '-n'],
    ['namespace', 'A'],
    ['kubeVersion', 'v1.36'],
  ])('refuse a %s such as %s before Helm is started', async (field, value) => {
    const request = { ...requestFor(), [field]: value };
    await expect(open({ directory }).template(request)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('refuse an API version that Helm would take for an option', async () => {
    const request = requestFor({ apiVersions: ['--set=a=b'] });
    await expect(open({ directory }).template(request)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('say what to install when there is no Helm', async () => {
    await expect(open({ directory }).available()).rejects.toMatchObject({
      code: 'PREREQUISITE_MISSING',
      details: { remedy: expect.stringContaining('Helm 4') as string },
    });
  });

  it('say which Helm was found when it is too old', async () => {
    const helm = join(directory, 'helm');
    await writeFile(helm, '#!/bin/sh\necho v3.18.4\n');
    await chmod(helm, 0o755);
    await expect(open({ directory }, helm).available()).rejects.toMatchObject({
      code: 'PREREQUISITE_MISSING',
      message: expect.stringContaining('v3.18.4') as string,
    });
  });
});
