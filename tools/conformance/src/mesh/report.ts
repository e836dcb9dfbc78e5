import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest } from '@meshwright/model';
import type { MeshCapabilities } from '@meshwright/plugin-sdk';
import type { MeshCaseResult } from '@meshwright/plugin-testkit';
import { format } from 'prettier';
import { parse, stringify } from 'yaml';
import type { SourceDigests } from './digest.ts';
import { folderOf, type MeshEntry, meshes } from './subjects.ts';

/** A report as it lies beside a plugin. */
export interface MeshReport {
  /** Of this format. */
  version: 1;
  mesh: string;
  displayName: string;
  capabilities: MeshCapabilities;
  sources: SourceDigests;
  /** The versions that were installed and upgraded to. */
  versions: { older: string; newer: string };
  /** What was rendered; empty where the charts are not to be had. */
  charts: { chart: string; version: string; digest: Digest }[];
  /** What it was tried with; absent where nothing was. */
  kubernetes?: string;
  cases: readonly MeshCaseResult[];
}

const head =
  '# Written by `npm run conformance`. Nobody writes it by hand: `npm test` compares it with the sources.\n';

/** Where the report of a mesh lies. */
export function reportPath(entry: MeshEntry): string {
  return join(folderOf(entry), 'conformance.yaml');
}

/** The report beside a plugin; undefined where there is none. */
export async function readReport(entry: MeshEntry): Promise<MeshReport | undefined> {
  const text = await readFile(reportPath(entry), 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? undefined : (parse(text) as MeshReport);
}

/** The reports of all meshes that have one. */
export async function readReports(): Promise<MeshReport[]> {
  const reports = await Promise.all(meshes.map(readReport));
  return reports.filter((report) => report !== undefined);
}

/** Writes the report beside the plugin. */
export async function writeReport(entry: MeshEntry, report: MeshReport): Promise<void> {
  const text = `${head}${stringify(report, { aliasDuplicateObjects: false })}`;
  await writeFile(
    reportPath(entry),
    await format(text, { parser: 'yaml', printWidth: 110, singleQuote: true }),
  );
}

/** One line for people. */
export function meshCaseLine({ id, outcome, notRun, reason }: MeshCaseResult): string {
  const mark = { passed: 'ok  ', failed: 'FAIL', 'not run': '--  ' }[outcome];
  const why = [notRun, reason].filter((each) => each !== undefined).join(': ');
  return `${mark} ${id}${why === '' ? '' : `: ${why}`}`;
}
