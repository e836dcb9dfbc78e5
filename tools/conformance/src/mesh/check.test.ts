import { NotRun } from '@meshwright/plugin-testkit';
import { describe, expect, it } from 'vitest';
import { problemsOfReport } from './check.ts';
import type { MeshReport } from './report.ts';
import { meshCases } from './run.ts';
import { meshes } from './subjects.ts';
import { capabilityTable } from './table.ts';
import { sampleReport, sampleSources } from './test-support/reports.ts';

const [entry] = meshes;
if (entry === undefined) throw new Error('There is no mesh.');
const sources = sampleSources;
const report = (changes?: Partial<MeshReport>): MeshReport => sampleReport(entry, changes);

function withFirst(change: Partial<MeshReport['cases'][number]>): MeshReport {
  const [first, ...rest] = report().cases;
  return report({ cases: [{ ...first!, ...change }, ...rest] });
}

describe('a report', () => {
  it('of these sources in which all passed has nothing wrong', () => {
    expect(problemsOfReport(entry, report(), sources)).toEqual([]);
  });

  it.each<[string, MeshReport | undefined, RegExp]>([
    ['is not there', undefined, /is not there; run: npm run conformance -- --only/],
    [
      'is of other sources',
      report({ sources: { ...sources, plugin: 'sha256:3' } }),
      /other sources of the plugin/,
    ],
    ['is of another suite', report({ sources: { ...sources, suite: 'sha256:3' } }), /another suite/],
    [
      'has other capabilities',
      report({ capabilities: { ...report().capabilities, enroll: false } }),
      /capabilities/,
    ],
    ['lacks a case', report({ cases: report().cases.slice(1) }), /other cases than the suite/],
    ['has none at all', report({ cases: [] }), /no case that passed/],
    ['has a case that failed', withFirst({ outcome: 'failed', reason: 'it is wrong' }), /it is wrong/],
    ['leaves a case out silently', withFirst({ outcome: 'not run' }), /without a reason/],
    [
      'leaves a case out by no known name',
      withFirst({ outcome: 'not run', notRun: 'later' as NotRun, reason: 'no time' }),
      /without a reason that has a name/,
    ],
    [
      'leaves a case out because another did not pass',
      withFirst({ outcome: 'not run', notRun: NotRun.earlierCase, reason: 'after another' }),
      /earlier case/,
    ],
  ])('that %s is refused', (_what, wrong, reason) => {
    expect(problemsOfReport(entry, wrong, sources).join('\n')).toMatch(reason);
  });
});

describe('the table of capabilities', () => {
  const cell = (of: MeshReport) => capabilityTable([of]).split('\n')[2]?.split('|')[2]?.trim();
  const mode = (change: Partial<MeshReport['cases'][number]>) =>
    report({
      cases: report().cases.map((each) => (each.id === 'mode-sidecar' ? { ...each, ...change } : each)),
    });

  it('says yes only where every case of the row passed', () => {
    expect(cell(report())).toBe('yes');
    expect(cell(mode({ outcome: 'failed', reason: 'wrong' }))).toBe('**fails**');
    expect(cell(mode({ outcome: 'not run', notRun: NotRun.undeclared, reason: 'undeclared' }))).toBe('–');
    expect(cell(mode({ outcome: 'not run', notRun: NotRun.noCharts, reason: 'no charts' }))).toMatch(
      /not tried/,
    );
    expect(cell(report({ cases: [] }))).toBe('unknown');
  });

  it('names cases that the suite has', () => {
    const named = [...capabilityTable([report()]).matchAll(/`([a-z-]+)`/g)].map(([, id]) => id);
    expect(named.length).toBeGreaterThan(10);
    for (const id of named) expect(meshCases.map((each) => each.id)).toContain(id);
  });
});
