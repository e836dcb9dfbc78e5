import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type MeshCaseResult, NotRun } from '@meshwright/plugin-testkit';
import { format } from 'prettier';
import type { MeshReport } from './report.ts';
import { root } from './subjects.ts';

/** What a mesh can be asked for, and the cases that have to pass before it counts as such. */
const rows: readonly { what: string; cases: readonly string[] }[] = [
  { what: 'sidecars', cases: ['mode-sidecar'] },
  { what: 'proxies of the nodes (ambient)', cases: ['mode-ambient'] },
  { what: 'part of the node', cases: ['mode-node'] },
  { what: 'install, then nothing more to plan', cases: ['install', 'settled', 'settled-after-rewrites'] },
  { what: 'upgrade', cases: ['upgrade'] },
  { what: 'new control plane beside the old one', cases: ['enroll-at', 'canary'] },
  { what: 'go back', cases: ['way-back', 'roll-back'] },
  { what: 'uninstall without a trace', cases: ['uninstall'] },
  {
    what: 'go on after a crash in any stage',
    cases: ['install-with-crashes', 'upgrade-with-crashes', 'uninstall-with-crashes'],
  },
  {
    what: 'all of it by the engine, from a commit',
    cases: ['engine-install', 'engine-settled', 'engine-upgrade', 'engine-roll-back', 'engine-uninstall'],
  },
  { what: 'reads like every other mesh', cases: ['reads-alike'] },
  { what: 'adopt from Helm without a restart', cases: ['foreign-installation', 'adopt'] },
  { what: 'take namespaces in', cases: ['enroll', 'exempt-port'] },
  { what: 'mutual TLS by one word', cases: ['mutual-tls'] },
  { what: 'make and rotate its keys', cases: ['trust-generations'] },
  { what: 'golden signals from Prometheus', cases: ['golden-signals'] },
  { what: 'requests on a real node', cases: ['data-plane'] },
];

const begin = '<!-- Written by `npm run generate -- capabilities` from the reports: not by hand. -->';
const end = '<!-- end of what is written by `npm run generate` -->';

/** The file that holds the table. */
export const tableFile: string = join(root, 'README.md');

/** The table of what each mesh was seen to do, as Markdown. Pure. */
export function capabilityTable(reports: readonly MeshReport[]): string {
  const notes: string[] = [];
  const header = ['', ...reports.map(({ displayName }) => displayName), 'cases'];
  const lines = rows.map(({ what, cases }) => [
    what,
    ...reports.map((report) => cellOf(report, cases, notes)),
    cases.map((id) => `\`${id}\``).join(' '),
  ]);
  const table = [header, header.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`);
  const remarks = notes.map((note, index) => `${superscript(index + 1)} ${note}\\`);
  return [...table, '', ...remarks].join('\n').replace(/\\$/, '');
}

/** Yes where all cases passed; a dash where the mesh does not claim it; else why it is not known. */
function cellOf(report: MeshReport, ids: readonly string[], notes: string[]): string {
  const found = ids.map((id) => report.cases.find((each) => each.id === id));
  const tried = found.filter((each) => each?.notRun !== NotRun.nothingToTry);
  if (found.some((each) => each === undefined)) return 'unknown';
  if (tried.some((each) => each?.outcome === 'failed')) return '**fails**';
  const open = tried.find((each) => each?.outcome === 'not run');
  if (open === undefined) return 'yes';
  if (open.notRun === NotRun.undeclared) return '–';
  return `${open.notRun === NotRun.elsewhere ? 'by e2e' : 'not tried'} ${superscript(noteOf(report, open, notes))}`;
}

function noteOf({ displayName }: MeshReport, { reason = '' }: MeshCaseResult, notes: string[]): number {
  const note = `${displayName}: ${reason}.`;
  if (!notes.includes(note)) notes.push(note);
  return notes.indexOf(note) + 1;
}

function superscript(number: number): string {
  return `<sup>${number}</sup>`;
}

/** The text of the README with this table in its place. @throws Error where it has no place for it. */
export async function withTable(text: string, table: string): Promise<string> {
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`${tableFile} has no place for the table of capabilities.`);
  const changed = `${text.slice(0, from)}${begin}\n\n${table}\n\n${text.slice(to)}`;
  return format(changed, { parser: 'markdown', printWidth: 110, singleQuote: true });
}

/** Whether the README's table is that of the reports. */
export async function isTableFresh(reports: readonly MeshReport[]): Promise<boolean> {
  const text = await readFile(tableFile, 'utf8');
  return (await withTable(text, capabilityTable(reports))) === text;
}

/** Writes the table into the README. */
export async function writeTable(reports: readonly MeshReport[]): Promise<void> {
  const text = await readFile(tableFile, 'utf8');
  await writeFile(tableFile, await withTable(text, capabilityTable(reports)));
}
