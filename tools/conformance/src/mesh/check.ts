import { access, readdir } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { join } from 'node:path';
import { plugins } from '@meshwright/cluster-agent';
import { NotRun } from '@meshwright/plugin-testkit';
import { type SourceDigests, sourceDigests } from './digest.ts';
import { type MeshReport, readReport, readReports } from './report.ts';
import { meshCases } from './run.ts';
import { isTableFresh } from './table.ts';
import { type MeshEntry, meshes, root } from './subjects.ts';

const reasons: ReadonlySet<string> = new Set(Object.values(NotRun));

/**
 * What is wrong with the reports as they lie there, one line each with what to do: of a mesh that is nowhere registered, of
 * other sources, of other cases, with one that failed, or with one that was left out without a reason.
 */
export async function problemsOfReports(): Promise<string[]> {
  const folders = (await readdir(join(root, 'plugins'))).filter((name) => name.startsWith('mesh-'));
  const packages: string[] = [];
  for (const folder of folders) {
    if (await exists(join(root, 'plugins', folder, 'package.json')))
      packages.push(folder.slice('mesh-'.length));
  }
  const reported = await Promise.all(
    meshes.map(async (entry) => problemsOfReport(entry, await readReport(entry), await sourceDigests(entry))),
  );
  return [
    ...problemsOfLists(packages),
    ...reported.flat(),
    ...(await problemsOfTests()),
    ...(await problemsOfTable()),
  ];
}

/** Folders and registry must name the same meshes. */
function problemsOfLists(folders: readonly string[]): string[] {
  const [there, registered] = [[...folders].sort().join(', '), [...plugins.ids].sort().join(', ')];
  if (there === registered) return [];
  return [`plugins/mesh-* has ${there}, and workers/cluster-agent/src/registry.ts has ${registered}`];
}

/** What is wrong with one report. Pure. */
export function problemsOfReport(
  { subject: { plugin } }: MeshEntry,
  report: MeshReport | undefined,
  sources: SourceDigests,
): string[] {
  const again = `run: npm run conformance -- --only ${plugin.id}`;
  const name = `plugins/mesh-${plugin.id}/conformance.yaml`;
  if (report === undefined) return [`${name} is not there; ${again}`];
  const say = (what: string) => `${name} ${what}`;
  const problems: string[] = [];
  if (report.sources.plugin !== sources.plugin)
    problems.push(say(`is of other sources of the plugin; ${again}`));
  if (report.sources.suite !== sources.suite) problems.push(say(`is of another suite; ${again}`));
  if (!isDeepStrictEqual(report.capabilities, JSON.parse(JSON.stringify(plugin.capabilities))))
    problems.push(say(`has other capabilities than the plugin; ${again}`));
  const ids = report.cases.map(({ id }) => id);
  if (
    !isDeepStrictEqual(
      ids,
      meshCases.map(({ id }) => id),
    )
  )
    problems.push(say(`has other cases than the suite; ${again}`));
  if (!report.cases.some(({ outcome }) => outcome === 'passed'))
    problems.push(say('has no case that passed'));
  for (const { id, outcome, notRun, reason = '' } of report.cases) {
    if (outcome === 'failed') problems.push(say(`has failed ${id}: ${reason}`));
    if (outcome === 'not run' && (!reasons.has(notRun ?? '') || reason.trim() === ''))
      problems.push(say(`leaves ${id} out without a reason that has a name`));
    if (notRun === NotRun.earlierCase)
      problems.push(say(`leaves ${id} out because an earlier case did not pass`));
  }
  return problems;
}

async function problemsOfTable(): Promise<string[]> {
  if (await isTableFresh(await readReports())) return [];
  return [
    'the table of capabilities in README.md is not that of the reports; run: npm run generate -- capabilities',
  ];
}

/** A test that a case is said to be tried by has to be there. */
async function problemsOfTests(): Promise<string[]> {
  const problems: string[] = [];
  for (const { subject } of meshes) {
    if ('notTried' in subject.dataPlane) continue;
    const { triedBy } = subject.dataPlane;
    if (!(await exists(join(root, triedBy))))
      problems.push(`${subject.plugin.displayName}: there is no test ${triedBy}`);
  }
  return problems;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
