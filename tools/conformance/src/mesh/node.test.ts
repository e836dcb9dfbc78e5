import { describe, expect, it } from 'vitest';
import { problemsOfReport } from './check.ts';
import { runNode } from './node.ts';
import { type MeshEntry, meshes } from './subjects.ts';
import { sampleReport, sampleSources } from './test-support/reports.ts';

const { signal } = new AbortController();
const options = { node: true, signal };
const able = { capability: () => Promise.resolve({ possible: true } as const) };

function entryWith(dataPlane: MeshEntry['subject']['dataPlane']): MeshEntry {
  const [first] = meshes;
  return { ...first!, subject: { ...first!.subject, dataPlane } };
}

const tried = entryWith({ triedBy: 'tools/some.e2e.test.ts' });

describe('the case of a real node', () => {
  it.each([
    [0, 'passed'],
    [1, 'failed'],
    [null, 'failed'],
  ] as const)('whose test ends with %s has %s', async (code, outcome) => {
    const files: string[] = [];
    const runTest = (file: string): Promise<number | null> => {
      files.push(file);
      return Promise.resolve(code);
    };
    const [result] = await runNode(tried, options, { ...able, runTest });
    expect(files).toEqual(['tools/some.e2e.test.ts']);
    expect(result).toMatchObject({ id: 'data-plane', outcome });
  });

  it('is no result when the suite was interrupted meanwhile', async () => {
    const interruption = new AbortController();
    const runTest = (): Promise<number | null> => {
      interruption.abort(new Error('interrupted'));
      return Promise.resolve(130);
    };
    const running = runNode(tried, { node: true, signal: interruption.signal }, { ...able, runTest });
    await expect(running).rejects.toThrow('interrupted');
  });

  it.each([
    ['nobody wants it', tried, { ...options, node: false }, able, /left out by --no-node.*some\.e2e/],
    [
      'the machine cannot run one',
      tried,
      options,
      { capability: () => Promise.resolve({ possible: false, reason: 'a node needs root' } as const) },
      /a node needs root.*some\.e2e/,
    ],
    ['nothing of the mesh can run', entryWith({ notTried: 'no images' }), options, able, /no images/],
  ])(
    'is not run where %s, and its report is valid all the same',
    async (_why, entry, how, machine, reason) => {
      const runTest = () => Promise.reject(new Error('it ran'));
      const results = await runNode(entry, how, { ...machine, runTest });
      expect(results).toMatchObject([{ outcome: 'not run' }]);
      expect(results[0]?.reason).toMatch(reason);
      const report = sampleReport(entry);
      const others = report.cases.filter(({ level }) => level !== 'node');
      const withNode = { ...report, cases: [...others, ...results] };
      expect(problemsOfReport(entry, withNode, sampleSources)).toEqual([]);
    },
  );
});
