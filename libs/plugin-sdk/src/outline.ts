import {
  type ChangeCounts,
  type Failure,
  type Notice,
  type NoticeApproval,
  type NoticeTarget,
  Phase,
  plural,
  type Verdict,
} from '@meshwright/model';
import { shown } from './shown.ts';

/** A piece of a line. Its text is what people read, never markup: whoever renders it escapes it, or has no need to. */
export type Span =
  | { kind: 'text'; text: string; style?: 'strong' | 'code' }
  | { kind: 'link'; text: string; url: string }
  | { kind: 'time'; at: number };

/** A piece of a message. */
export type Passage =
  { kind: 'line'; spans: Span[] } | { kind: 'list'; items: Span[][] } | { kind: 'code'; lines: string[] };

/** How something stands, at a glance. */
export type Tone = 'waiting' | 'running' | 'good' | 'bad' | 'ended';

/** A notice in the order in which chats show it: short, and safe to be shown as text. */
export interface Outline {
  title: string;
  tone: Tone;
  summary: string;
  /** The commit, and where to look. */
  about: Span[];
  /** What is about one target each. */
  targets: Passage[][];
  failure: Passage[];
  approval: Passage[];
}

/** How much of a notice is shown. */
export interface OutlineDetail {
  targets: number;
  /** Lines of a list. */
  lines: number;
  diffLines: number;
}

/** From all that fits a screen to the least that still says what is decided. */
export const outlineDetails: readonly OutlineDetail[] = [
  { targets: 6, lines: 8, diffLines: 12 },
  { targets: 4, lines: 5, diffLines: 0 },
  { targets: 2, lines: 3, diffLines: 0 },
  { targets: 1, lines: 1, diffLines: 0 },
];

/** A sign for each tone; what it says is always in words beside it. */
export const toneMark: Readonly<Record<Tone, string>> = {
  waiting: '🟠',
  running: '🔵',
  good: '🟢',
  bad: '🔴',
  ended: '⚪',
};

/** A notice in the words of a chat; pure. */
export function outlineOf(notice: Notice, detail: OutlineDetail): Outline {
  const isPlan = notice.approval?.open === true || notice.phase === Phase.awaitingApproval;
  const targets = notice.targets
    .slice(0, detail.targets)
    .map((target) => targetPassages(target, detail, isPlan));
  const others = notice.targets.slice(detail.targets);
  if (others.length > 0) {
    const names = some(
      others.map(({ cluster }) => shown(cluster, 60)),
      detail.lines,
    );
    targets.push([{ kind: 'line', spans: [text(`${others.length} more: ${names.join(', ')}`)] }]);
  }
  return {
    title: shown(notice.title, 140) || 'A rollout',
    tone: toneOf(notice),
    summary: shown(notice.summary, 400),
    about: aboutOf(notice),
    targets,
    failure: notice.failure === undefined ? [] : failurePassages(notice.failure, detail),
    approval: notice.approval === undefined ? [] : approvalPassages(notice.approval, detail),
  };
}

/** The same as `outlineOf`, in as much detail as `render` can make a message of that fits. */
export function fitting<Message>(
  notice: Notice,
  render: (outline: Outline) => Message,
  fits: (message: Message) => boolean,
): Message {
  let message: Message | undefined;
  for (const detail of outlineDetails) {
    message = render(outlineOf(notice, detail));
    if (fits(message)) return message;
  }
  if (message === undefined) throw new Error('there is no detail to show');
  return message;
}

/** When the last thing of a notice happened, in milliseconds since 1970: an older notice never replaces a newer one. */
export function momentOf(notice: Notice): number {
  return Math.max(0, ...notice.progress.map(({ at }) => at));
}

/** An address that a link may have: of the web, and without a user's name in it. */
export function webAddress(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, username, password, href } = new URL(url);
  const isWeb = protocol === 'https:' || protocol === 'http:';
  return isWeb && username === '' && password === '' && href.length <= 1_000 ? href : undefined;
}

const tones: Readonly<Partial<Record<Phase, Tone>>> = {
  [Phase.awaitingApproval]: 'waiting',
  [Phase.paused]: 'waiting',
  [Phase.stopped]: 'waiting',
  [Phase.succeeded]: 'good',
  [Phase.failed]: 'bad',
  [Phase.rollingBack]: 'bad',
  [Phase.rolledBack]: 'bad',
  [Phase.invalid]: 'bad',
  [Phase.rejected]: 'ended',
  [Phase.cancelled]: 'ended',
};

function toneOf({ phase, approval }: Notice): Tone {
  return approval?.open === true ? 'waiting' : (tones[phase] ?? 'running');
}

function aboutOf({ commit, pattern, repository, links }: Notice): Span[] {
  const id = shown(commit.id, 12).replace('…', '');
  const url = commit.url === undefined ? undefined : webAddress(commit.url);
  const spans: Span[] = [
    url === undefined ? { kind: 'text', text: id, style: 'code' } : { kind: 'link', text: id, url },
    text(` ${shown(commit.subject, 120)}, by ${shown(commit.author, 60)}, in `),
    { kind: 'text', text: `${shown(repository, 60)}/${shown(pattern, 60)}`, style: 'code' },
  ];
  for (const link of links.slice(0, 5)) {
    const address = webAddress(link.url);
    if (address !== undefined) {
      spans.push(text(' · '), { kind: 'link', text: shown(link.label, 40) || 'Link', url: address });
    }
  }
  return spans;
}

function targetPassages(target: NoticeTarget, detail: OutlineDetail, isPlan: boolean): Passage[] {
  const passages: Passage[] = [
    line(strong(shown(target.cluster, 60)), text(`: ${shown(target.action, 160)}`)),
    ...sizePassages(target),
  ];
  if (isPlan) passages.push(...planPassages(target, detail));
  else passages.push(...stagePassages(target, detail));
  if (target.verdict !== undefined) {
    const { verdict, reason, lines } = target.verdict;
    passages.push(line(strong(verdictWords[verdict]), text(`: ${shown(reason, 300)}`)));
    passages.push(...list(lines, detail.lines));
  }
  if (target.waitingFor !== undefined) {
    passages.push(line(text(`Waits for ${shown(target.waitingFor, 200)}`)));
  }
  return passages;
}

const verdictWords: Readonly<Record<Verdict, string>> = {
  passed: '✓ passed',
  regressed: '✗ regressed',
  inconclusive: '? inconclusive',
};

function sizePassages({ counts, blastRadius }: NoticeTarget): Passage[] {
  const passages: Passage[] = [];
  if (counts !== undefined) passages.push(line(...countSpans(counts)));
  if (blastRadius !== undefined && blastRadius.pods > 0) {
    const { workloads, pods, namespaces } = blastRadius;
    const names = some(
      namespaces.map((name) => shown(name, 63)),
      4,
    );
    passages.push(
      line(
        text(`Restarts ${plural(workloads, 'workload')} with ${plural(pods, 'pod')} in ${names.join(', ')}`),
      ),
    );
  }
  return passages;
}

function countSpans({ create, update, unchanged, release = 0, ...counts }: ChangeCounts): Span[] {
  const deleted = deletedOf(counts);
  const before = text(`Creates ${create}, updates ${update}, `);
  const after = text(`${release === 0 ? '' : `, releases ${release}`}, leaves ${unchanged} as they are`);
  return [before, deleted > 0 ? strong(`deletes ${deleted}`) : text('deletes 0'), after];
}

/** With what the mesh made by itself. */
export function deletedOf({
  delete: deleted,
  leftover = 0,
}: Pick<ChangeCounts, 'delete' | 'leftover'>): number {
  return deleted + leftover;
}

function planPassages({ deletes, warnings, diff }: NoticeTarget, detail: OutlineDetail): Passage[] {
  const passages: Passage[] = [];
  if (deletes.sample.length > 0) {
    passages.push(line(strong('Deletes')), ...list(deletes.sample, detail.lines, deletes.others));
  }
  for (const warning of some(warnings, detail.lines)) {
    passages.push(line(text(`⚠ ${shown(warning, 300)}`)));
  }
  if (detail.diffLines > 0 && diff.lines.length > 0) {
    const lines = diff.lines.slice(0, detail.diffLines);
    const others = diff.lines.length - lines.length + diff.others;
    const rest = others > 0 ? [`… ${plural(others, 'more line')} in the plan`] : [];
    passages.push({ kind: 'code', lines: [...lines.map((one) => shown(one, 140)), ...rest] });
  }
  return passages;
}

const stageMarks: Readonly<Record<string, string>> = { done: '✓', pending: '·', failed: '✗' };

function stagePassages({ stages }: NoticeTarget, detail: OutlineDetail): Passage[] {
  const rows = stages.map(({ title, state, note }) => {
    const said = note === undefined ? '' : `: ${shown(note, 160)}`;
    return `${stageMarks[state] ?? '▸'} ${shown(title, 100)}${said}`;
  });
  const begun = stages.filter(({ state }) => state !== 'pending');
  if (begun.length === 0) return [];
  if (stages.every(({ state }) => state === 'done'))
    return [line(text(`✓ ${plural(rows.length, 'stage')} done`))];
  // Where not all have room, what is done is told by its number.
  const first = rows.length > detail.lines ? stages.findIndex(({ state }) => state !== 'done') : 0;
  const shownRows = rows.slice(first, first + detail.lines);
  const before = first > 0 ? [`✓ ${plural(first, 'stage')} done`] : [];
  const left = rows.length - first - shownRows.length;
  const after = left > 0 ? [`· ${plural(left, 'more stage')}`] : [];
  return [{ kind: 'code', lines: [...before, ...shownRows, ...after] }];
}

function failurePassages(
  { message, where, stage, remedy, lines }: Failure,
  detail: OutlineDetail,
): Passage[] {
  const place = [where, stage].filter((part) => part !== undefined).map((part) => shown(part, 120));
  return [
    line(strong('Why'), text(`: ${shown(message, 500)}`)),
    ...(place.length === 0 ? [] : [line(strong('Where'), text(`: ${place.join(', ')}`))]),
    ...list(lines ?? [], detail.lines),
    ...(remedy === undefined ? [] : [line(strong('What to do'), text(`: ${shown(remedy, 300)}`))]),
  ];
}

function approvalPassages(approval: NoticeApproval, detail: OutlineDetail): Passage[] {
  const { title, subject, open, decided, confirms, held, closed } = approval;
  const digest: Span = { kind: 'text', text: subject.replace('sha256:', '').slice(0, 12), style: 'code' };
  const passages: Passage[] = [
    line(strong(`Approval ${shown(title, 80)}`), text(', of plan '), digest, ...needSpans(approval)),
    ...list(decided, detail.lines),
  ];
  if (!open) return passages;
  for (const confirm of some(confirms, detail.lines)) {
    passages.push(line(text('⚠ To be confirmed: '), strong(shown(confirm, 300))));
  }
  if (held !== undefined) passages.push(line(strong('Held'), text(`: ${shown(held, 300)}`)));
  if (closed !== undefined) passages.push(line(strong('Not now'), text(`: ${shown(closed, 300)}`)));
  return passages;
}

function needSpans({
  open,
  approvers,
  quorum,
  requiredGroups,
  expiresAt,
  escalated,
}: NoticeApproval): Span[] {
  if (!open) return [];
  const people = some(
    approvers.map((name) => shown(name, 60)),
    8,
  );
  const who = people.length === 0 ? 'anybody who is known' : people.join(', ');
  const groups = some(
    requiredGroups.map((group) => shown(group, 60)),
    4,
  );
  const of = groups.length === 0 ? '' : `, among them one of ${groups.join(' and one of ')}`;
  const wider = escalated ? ' Others may decide as well by now.' : '';
  return [
    text(`: needs ${quorum === 1 ? 'one' : quorum} of ${who}${of}, until `),
    { kind: 'time', at: expiresAt },
    text(`.${wider}`),
  ];
}

function text(words: string): Span {
  return { kind: 'text', text: words };
}

function strong(words: string): Span {
  return { kind: 'text', text: words, style: 'strong' };
}

function line(...spans: Span[]): Passage {
  return { kind: 'line', spans };
}

function list(items: readonly string[], most: number, alreadyLeftOut = 0): Passage[] {
  if (items.length === 0) return [];
  const kept = items.slice(0, most).map((item) => [text(shown(item, 200))]);
  const left = items.length - kept.length + alreadyLeftOut;
  if (left > 0) kept.push([text(`and ${left} more`)]);
  return [{ kind: 'list', items: kept }];
}

/** The first of them, and how many there are beside those. */
function some(items: readonly string[], most: number): string[] {
  const left = items.length - most;
  return left > 0 ? [...items.slice(0, most), `${left} more`] : [...items];
}
