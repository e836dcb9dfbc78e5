import { readdir, readFile } from 'node:fs/promises';
import { loadCases, runLoadSuite } from '@meshwright/plugin-testkit';
import { describe, expect, it } from 'vitest';
import { contextFor, type Generator, generators, reasonNotToRun, reportFile } from './generators.ts';
import { type ConformanceReport, parseReport, reportOf } from './report.ts';

const folder = new URL('../../../plugins/', import.meta.url);
const { signal } = new AbortController();
/** `npm run conformance` runs the others on a quiet machine, and their results are in the reports. */
const anywhere = loadCases.filter(({ quiet }) => quiet !== true);
const runnable: Generator[] = [];
const absent: Generator[] = [];
for (const generator of generators) {
  const reason = await reasonNotToRun(generator, signal);
  (reason === undefined ? runnable : absent).push(generator);
}

async function kept(generator: Generator): Promise<ConformanceReport> {
  return parseReport(await readFile(reportFile(generator), 'utf8'));
}

it('knows every generator that has a folder', async () => {
  const folders = (await readdir(folder)).filter((name) => name.startsWith('load-'));
  expect(generators.map(({ plugin }) => `load-${plugin.id}`).sort()).toEqual(folders.sort());
});

describe.each(runnable)('$plugin.title', (generator) => {
  it.each(anywhere)('$title', async (one) => {
    const context = await contextFor(generator, signal);
    const [result] = await runLoadSuite({ plugin: generator.plugin, context }, () => undefined, [one]);
    expect(result?.reason === undefined ? result?.outcome : result).not.toMatchObject({ outcome: 'failed' });
    const { cases } = await kept(generator);
    expect(cases.find(({ id }) => id === one.id)).toEqual(result);
  });

  it('has a report of all cases, of no others, and none has failed', async () => {
    const report = await kept(generator);
    expect(report).toEqual(reportOf(generator, report.cases));
    expect(report.cases.map(({ id }) => id)).toEqual(loadCases.map(({ id }) => id));
    expect(report.cases.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
  });
});

describe.each(absent)('$plugin.title, whose program is not here', (generator) => {
  it('was not run: its report says why and claims no case', async () => {
    const { notRun, ...report } = await kept(generator);
    expect(notRun).toMatch(/\w/);
    expect(report).toEqual(reportOf(generator, []));
  });

  it('says what to install', async () => {
    expect(await reasonNotToRun(generator, signal)).toContain('Install');
  });
});
