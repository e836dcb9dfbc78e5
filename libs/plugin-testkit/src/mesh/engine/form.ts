import { shortCommit } from '@meshwright/model';
import type { MeshSubject } from '../subject.ts';
import { sectionsOf, type Section, textOf } from './transcript.ts';
import type { Told } from './told.ts';

/** What differs from mesh to mesh in what is told by the same words. */
export type MeshNames = Pick<MeshSubject, 'versions'> & { plugin: Pick<MeshSubject['plugin'], 'id'> };

/** What of one rollout stands for something. */
interface Names extends MeshNames {
  commit: string;
}

/**
 * The form of what was told of a rollout: the same for every mesh that reads alike. The mesh and its versions, what it calls
 * its stages, how many there are, what its plugin adds in sentences of its own, objects, commits, digests, moments and lengths
 * of time have become placeholders; what repeats itself stands there once. Headings, labels and the engine's own sentences
 * stay, and so do the kinds of activities in their order. Pure.
 */
export function formOf(told: Told, { plugin, versions }: MeshNames): string {
  const names: Names = { plugin, versions, commit: told.over.status.commit };
  return textOf(sectionsOf(told).map((section) => formOfSection(section, names)));
}

/** What marks a line of a common form that not every mesh has. */
const optional = '? ';

/** Where a form leaves a common one for the first time, in words; undefined where it is the same. Pure. */
export function differenceFrom(form: string, common: string): string | undefined {
  const told = form.trimEnd().split('\n');
  let section = '';
  let place = 0;
  for (const line of common.trimEnd().split('\n')) {
    const wanted = line.startsWith(optional) ? line.slice(optional.length) : line;
    if (told[place] === wanted) {
      if (wanted.startsWith('=== ')) section = wanted;
      place += 1;
    } else if (!line.startsWith(optional))
      return `${section}: "${told[place] ?? 'its end'}" stands where others have "${wanted}"`;
  }
  const more = told[place];
  return more === undefined ? undefined : `${section}: it goes on with "${more}"`;
}

function formOfSection({ title, lines }: Section, names: Names): Section {
  const isPlan = / \$ meshwright (plan|rollback|uninstall) /.test(title);
  const kept = withoutStages(lines).filter((line) => line.trim() !== '' && !(isPlan && isDetail(line)));
  const formed = formOfTables(kept).map((line) => formOfLine(line, names));
  return {
    title: formOfLine(title, names),
    lines: formed.filter((line, index) => line !== formed[index - 1]),
  };
}

/** In a plan, what a stage does to which objects, and a check that warns: the mesh's own. */
function isDetail(line: string): boolean {
  return /^ {4}(?:! | )/.test(line);
}

const stageActivity = /^ {2}(applyStage|verifyStage): [a-z]+ "(.*)" on \S+$/;

/** Each stage is applied and then verified, or verified alone: whatever is not so stays to be seen. */
function withoutStages(lines: readonly string[]): string[] {
  const kept: string[] = [];
  for (let place = 0; place < lines.length; place += 1) {
    const [line = '', next = ''] = lines.slice(place);
    const [, type, stage] = stageActivity.exec(line) ?? [];
    const [, nextType, nextStage] = stageActivity.exec(next) ?? [];
    const isApplied = type === 'applyStage' && nextType === 'verifyStage' && nextStage === stage;
    kept.push(isApplied || type === 'verifyStage' ? '  applyStage, verifyStage: of each stage' : line);
    if (isApplied) place += 1;
  }
  return kept;
}

/** Tables of stages have one row, which keeps the state. */
function formOfTables(lines: readonly string[]): string[] {
  let isOfStages = false;
  return lines.map((line) => {
    if (!line.startsWith('| ')) isOfStages = false;
    else if (line.startsWith('| Stage |')) isOfStages = true;
    else if (isOfStages && !line.startsWith('| ---')) {
      const cells = line.slice(2, -2).split(' | ');
      const [state = ''] = cells.filter((cell) => cell.startsWith('**'));
      return `| <stage> | ${[state, '…'].filter((cell) => cell !== '').join(' | ')} |`;
    }
    return line;
  });
}

/** In this order: what is told in a mesh's own words first, so that no placeholder gets into it. */
const rules: readonly (readonly [RegExp, string])[] = [
  [
    /^( *(?:must be confirmed|confirmed|warning):|\*\*(?:Must be confirmed|Warning):\*\*) .*/,
    '$1 <sentence>',
  ],
  [/^( *to confirm:?) +(\S+): .*/, '$1  $2: <sentence>'],
  [/^- (local): .*/, '- $1: <sentence>'],
  [/^ {2}([·✓✗▸]) .*/, '  $1 <stage>'],
  [/^ +\d+\. .*/, '  <n>. <stage>'],
  [/^ +b\d+\. .*/, '  b<n>. <stage>'],
  [/^(\*\*The way back\*\*, should a stage fail:) .*/, '$1 <stages>'],
  [
    /^(\*\*Disturbs\*\*) .*: (?:no workload restarts|\d+ workloads? with .*)\.$/,
    '$1 <namespaces>: <restarts>',
  ],
  [
    /^(?:No workload restarts|\d+ workloads? with .* restarts?.*)\. Objects change in .*/,
    '<restarts>. Objects change in <namespaces>.',
  ],
  [/pre-flight: .*/, 'pre-flight: <checks>'],
  [/\d+ to create, \d+ to update, \d+ to delete(?:, \d+ [a-z ]+)*/, '<counts>'],
  [/^ {2}\d+ workloads? with \d+ pods? restarts?; /, '  '],
  [/^ {2}way back in \d+ stages?$/, '  way back in <n> stages'],
  [/^ {2}revision .*/, '  revision <revisions>'],
  [/sha256:[0-9a-f]{12,64}/g, '<digest>'],
  [/(?<=\b|%40)(?:[0-9a-f]{40}|[0-9a-f]{12})\b/g, '<earlier>'],
  [/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/g, '<moment>'],
  [/\b\d+[dhms](?: \d+[dhms])?\b/g, '<time>'],
  [/the command line on [^\s,)]+/, 'the command line on <machine>'],
  [/ \((?:sidecar|ambient|node)\)/, ' (<mode>)'],
  [/(\S) {2,}/g, '$1  '],
];

function formOfLine(line: string, { plugin, versions, commit }: Names): string {
  const own = line.replaceAll(commit, '<commit>').replaceAll(shortCommit(commit), '<commit>');
  const told = rules.reduce((text, [pattern, form]) => text.replace(pattern, form), own);
  return told
    .replaceAll(versions.older, '<older>')
    .replaceAll(versions.newer, '<newer>')
    .replace(new RegExp(`(?<![\\w-])${plugin.id}(?![\\w-])|(?<=%2F)${plugin.id}(?![\\w-])`, 'g'), '<mesh>');
}
