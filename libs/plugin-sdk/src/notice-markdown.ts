import {
  codeSpan,
  Decision,
  fencedBlock,
  type Notice,
  type NoticeApproval,
  type NoticeTarget,
  plural,
  tableCode,
} from '@meshwright/model';
import { htmlCode, markdownText } from './markdown-text.ts';
import { deletedOf, type OutlineDetail, outlineOf, type Passage, type Span, toneMark } from './outline.ts';
import { shown } from './shown.ts';

/** What a forge asks of its comments. */
export interface MarkdownOptions {
  /** The most characters of a comment; below about 8,000 not even the least of a notice may fit. */
  limit: number;
  /** What commands begin with: `/`, unless the forge takes `/approve` for its own. */
  commandPrefix: string;
}

interface Detail extends OutlineDetail {
  progressLines: number;
}

/** From everything a notice holds to the least that still says what is decided. */
const details: readonly Detail[] = [
  { targets: 50, lines: 50, diffLines: 200, progressLines: 50 },
  { targets: 20, lines: 20, diffLines: 50, progressLines: 20 },
  { targets: 10, lines: 10, diffLines: 10, progressLines: 5 },
  { targets: 5, lines: 5, diffLines: 0, progressLines: 0 },
  { targets: 1, lines: 2, diffLines: 0, progressLines: 0 },
];

/** How many digits of a subject a command names it by. */
const subjectDigits = 12;

/**
 * A notice as a comment on a pull request, in the Markdown that GitHub, GitLab and Gitea share, in as much detail as fits.
 * Texts of patterns, commits and clusters are shown as they are: none is markup, a mention, a reference, a link or a command.
 */
export function noticeMarkdown(notice: Notice, options: MarkdownOptions): string {
  let comment = '';
  for (const detail of details) {
    comment = commentOf(notice, detail, options);
    if (comment.length <= options.limit) break;
  }
  return comment;
}

function commentOf(notice: Notice, detail: Detail, { commandPrefix }: MarkdownOptions): string {
  const outline = outlineOf(notice, detail);
  const targets = notice.targets.slice(0, detail.targets);
  const { approval } = notice;
  return [
    `## ${toneMark[outline.tone]} ${markdownText(outline.title, 140)}`,
    `**${stateWords(notice.phase)}.** ${markdownText(outline.summary, 400)}`,
    line(outline.about),
    ...outline.failure.map(passageMarkdown),
    ...targets.flatMap((target) => deletesOf(target, detail)),
    ...targetTable(targets, notice.targets.length - targets.length),
    ...targets.flatMap((target) => findingsOf(target, detail)),
    ...(approval === undefined ? [] : outline.approval.map(passageMarkdown)),
    ...(approval?.open === true ? commandsOf(approval, commandPrefix) : []),
    ...targets.flatMap((target) => foldedOf(target, detail)),
    ...progressOf(notice, detail),
  ].join('\n\n');
}

/** `awaiting-approval` as people read it. */
function stateWords(state: string): string {
  const words = state.replaceAll('-', ' ');
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
}

/** What is lost comes first, and by name. */
function deletesOf({ cluster, deletes, counts }: NoticeTarget, { lines }: Detail): string[] {
  const total = Math.max(
    counts === undefined ? 0 : deletedOf(counts),
    deletes.sample.length + deletes.others,
  );
  if (total === 0) return [];
  const items = deletes.sample.slice(0, lines).map((item) => `- ${codeSpan(shown(item, 200))}`);
  const left = total - items.length;
  if (left > 0) items.push(`- and ${left} more`);
  return [`**🛑 Deletes ${plural(total, 'object')} on ${codeSpan(shown(cluster, 60))}:**`, items.join('\n')];
}

function targetTable(targets: readonly NoticeTarget[], others: number): string[] {
  if (targets.length === 0) return [];
  const releases = targets.some(({ counts }) => counts?.release !== undefined);
  const rows = targets.map(({ cluster, action, counts, blastRadius, phase, waitingFor }) => [
    tableCode(shown(cluster, 60)),
    markdownText(action, 160),
    ...countCells(counts, releases),
    restartsOf(blastRadius),
    stateWords(phase) + (waitingFor === undefined ? '' : `; waits for ${markdownText(waitingFor, 200)}`),
  ]);
  const counted = ['Delete', 'Create', 'Update', 'Unchanged', ...(releases ? ['Released'] : [])];
  const head = ['Target', 'Change', ...counted, 'Restarts', 'State'];
  const table = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return [table.join('\n'), ...(others > 0 ? [`and ${plural(others, 'more target')}`] : [])];
}

function countCells(counts: NoticeTarget['counts'], releases: boolean): string[] {
  if (counts === undefined) return releases ? ['', '', '', '', ''] : ['', '', '', ''];
  const { create, update, unchanged, release = 0 } = counts;
  const deleted = deletedOf(counts);
  const cells = [deleted > 0 ? `**${deleted}**` : '0', ...[create, update, unchanged].map(String)];
  return releases ? [...cells, String(release)] : cells;
}

function restartsOf(radius: NoticeTarget['blastRadius']): string {
  if (radius === undefined || radius.pods === 0) return 'none';
  const names = radius.namespaces.slice(0, 5).map((name) => tableCode(shown(name, 63)));
  const left = radius.namespaces.length - names.length;
  if (left > 0) names.push(`${left} more`);
  return `${plural(radius.workloads, 'workload')}, ${plural(radius.pods, 'pod')} in ${names.join(', ')}`;
}

function findingsOf({ cluster, warnings, verdict }: NoticeTarget, { lines }: Detail): string[] {
  const where = codeSpan(shown(cluster, 60));
  const items = warnings.slice(0, lines).map((warning) => `- ⚠️ ${where}: ${markdownText(warning, 300)}`);
  if (warnings.length > lines) items.push(`- and ${plural(warnings.length - lines, 'more warning')}`);
  const found = items.length === 0 ? [] : [items.join('\n')];
  if (verdict === undefined) return found;
  const said = verdict.lines.slice(0, lines).map((one) => `- ${markdownText(one, 300)}`);
  const judged = `**Verdict on ${where}: ${markdownText(verdict.verdict, 40)}.** ${markdownText(verdict.reason, 300)}`;
  return [...found, judged, ...(said.length === 0 ? [] : [said.join('\n')])];
}

const commandWords: Readonly<Record<Decision, (subject: string) => [command: string, what: string]>> = {
  [Decision.approve]: (subject) => [`approve ${subject}`, 'approve exactly this plan'],
  [Decision.reject]: (subject) => [`reject ${subject} `, 'reject it; the reason follows on the same line'],
  [Decision.hold]: () => ['hold ', 'keep the gate shut; a reason may follow'],
  [Decision.release]: () => ['release', 'release the hold'],
  [Decision.breakGlass]: () => ['', ''],
};

/** The lines that decide, to be copied. Glass is not broken by a comment. */
function commandsOf({ subject, choices }: NoticeApproval, prefix: string): string[] {
  const digits = /^sha256:([0-9a-f]{64})$/.exec(subject)?.[1]?.slice(0, subjectDigits);
  if (digits === undefined) return [];
  const given = Object.values(Decision).filter((choice) => choices.includes(choice));
  const rows = given
    .map((choice) => commandWords[choice](digits))
    .filter(([command]) => command !== '')
    .concat([
      ['why', 'say why it waits'],
      ['plan', 'plan again'],
    ]);
  const commands = rows.map(([command, what]) => `- ${codeSpan(`${prefix}${command}`)}: ${what}`);
  return ['To decide, comment with one of these lines:', commands.join('\n')];
}

/** What not everybody wants to read. */
function foldedOf({ cluster, stages, diff }: NoticeTarget, { lines, diffLines }: Detail): string[] {
  const rows = stages.slice(0, lines).map(({ title, state, note }) => {
    const said = note === undefined ? '' : `: ${markdownText(note, 200)}`;
    return `- ${markdownText(title, 120)} (${markdownText(state, 40)})${said}`;
  });
  if (stages.length > lines) rows.push(`- and ${plural(stages.length - lines, 'more stage')}`);
  const where = htmlCode(cluster, 60);
  const staged = rows.length === 0 ? [] : folded(`Stages on ${where}`, [rows.join('\n')]);
  if (diffLines === 0 || diff.lines.length === 0) return staged;
  const kept = diff.lines.slice(0, diffLines).map(diffLine);
  const others = diff.lines.length - kept.length + diff.others;
  const block = fencedBlock('text', others > 0 ? [...kept, `… ${plural(others, 'more line')}`] : kept);
  return [...staged, ...folded(`Diff on ${where}`, [block.join('\n')])];
}

function diffLine(text: string): string {
  const indent = /^ */.exec(text.slice(0, 12))?.[0] ?? '';
  const clean = `${indent}${shown(text.trimStart(), 300)}`;
  // GitLab looks for its commands in blocks whose fence is longer than usual.
  return clean.startsWith('/') ? ` ${clean}` : clean;
}

function progressOf({ progress }: Notice, { progressLines }: Detail): string[] {
  const newest = progressLines === 0 ? [] : progress.slice(-progressLines);
  if (newest.length === 0) return [];
  const rows = newest.map(({ at, text }) => `- ${momentOf(at)}: ${markdownText(text, 300)}`);
  return folded('What has happened', [rows.join('\n')]);
}

/** `summary` is HTML already. A blank line lets Markdown begin again inside. */
function folded(summary: string, content: readonly string[]): string[] {
  return [`<details>\n<summary>${summary}</summary>`, ...content, '</details>'];
}

/** A piece of an outline in Markdown: its texts show as they are. */
export function passageMarkdown(one: Passage): string {
  if (one.kind === 'line') return line(one.spans);
  if (one.kind === 'list') return one.items.map((spans) => `- ${line(spans)}`).join('\n');
  return fencedBlock('text', one.lines.map(diffLine)).join('\n');
}

function line(spans: readonly Span[]): string {
  return spans.map(inline).join('');
}

function inline(span: Span): string {
  if (span.kind === 'time') return momentOf(span.at);
  if (span.kind === 'link') return link(span);
  if (span.style === 'code') return codeSpan(span.text);
  const [, before = '', core = '', after = ''] = /^(\s*)(.*?)(\s*)$/s.exec(span.text) ?? [];
  const text = core === '' ? '' : markdownText(core, 600);
  return `${before}${span.style === 'strong' && text !== '' ? `**${text}**` : text}${after}`;
}

/** Parsers do not agree on brackets in the text of a link: there are none. */
function link({ text, url }: { text: string; url: string }): string {
  const label = markdownText(text.replaceAll(/[[\]()]+/g, ' '), 80);
  return `[${label}](<${url.replaceAll(/[<>\\\s]/g, encodeURIComponent)}>)`;
}

/** `2026-11-20 09:30 UTC`. */
function momentOf(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** The marker of a comment, shown by nobody; nothing in the name ends it. */
export function commentMarker(name: string): string {
  return `<!-- meshwright:${encodeURIComponent(name).replaceAll('--', '-%2D')} -->`;
}
