import {
  Command,
  describeAction,
  describeRestarts,
  describeWork,
  formatCounts,
  formatDuration,
  formatTime,
  isFinal,
  noWayBack,
  Phase,
  plural,
  shortName,
  StageState,
  type ChangeStatus,
  type Intervention,
  type PlanSummary,
  type StageProgress,
} from '@meshwright/model';
import {
  code,
  codeBlock,
  escapeMarkdown,
  failureSection,
  table,
  workflowLink,
} from '@meshwright/workflow-kit';
import { gateLine, gateSection } from './gate/details.ts';
import type { MeshChangeInput } from './input.ts';

/** What the Temporal UI shows of a change, as Markdown. */
export function changeDetails(input: MeshChangeInput, status: ChangeStatus, namespace: string): string {
  const { plan = input.plan, phase, failure, owned, rollback } = status;
  const sections = [
    `**${escapeMarkdown(describeAction(plan))}** on ${code(status.cluster)}: **${phase}**`,
    `Rollout ${workflowLink(namespace, input.rollout)}, plan ${code(plan.digest)}: ${formatCounts(plan.counts)}.`,
    ...standingSection(status, input.rollout),
    stageTable(status.stages),
    ...(status.gate === undefined ? [] : [gateSection(status.gate)]),
    ...(rollback === undefined ? [] : ['### The way back', stageTable(rollback)]),
    ...(rollback !== undefined || isFinal(phase) ? [] : [wayBackLine(plan)]),
    ...interventionLines(status.interventions),
    ...(failure === undefined ? [] : [failureSection(failure)]),
    ...(owned === undefined || failure === undefined ? [] : [ownedSection(owned)]),
  ];
  return sections.join('\n\n');
}

/** The stages of a plan with what each does to how many objects, whom it disturbs, and the way back. */
export function planTable(plan: PlanSummary): string {
  const rows = plan.stages.map((stage) => [
    escapeMarkdown(stage.title),
    code(describeWork(stage)),
    escapeMarkdown(stage.requires ?? ''),
  ]);
  const { drifted = 0, warnings, confirmations } = plan;
  return [
    table(['Stage', 'Work', 'Requires'], rows),
    ...blastRadiusLines(plan),
    ...(drifted === 0
      ? []
      : [`**Drift:** takes back what others have changed of ${plural(drifted, 'object')}.`]),
    ...(plan.gate === undefined ? [] : [gateLine(plan.gate)]),
    wayBackLine(plan),
    ...confirmations.map((reason) => `**Must be confirmed:** ${escapeMarkdown(reason)}`),
    ...warnings.map((warning) => `**Warning:** ${escapeMarkdown(warning)}`),
  ].join('\n\n');
}

function blastRadiusLines({ blastRadius }: PlanSummary): string[] {
  const { namespaces } = blastRadius;
  if (namespaces.length === 0) return [];
  const most = 20;
  const more = namespaces.length > most ? ` and ${namespaces.length - most} more` : '';
  const named = namespaces.slice(0, most).map(code).join(', ');
  return [`**Disturbs** ${named}${more}: ${describeRestarts(blastRadius)}.`];
}

function wayBackLine({ purpose, rollback }: PlanSummary): string {
  if (rollback.length === 0) return `**No way back:** ${noWayBack({ purpose })}`;
  return `**The way back**, should a stage fail: ${rollback.map(({ title }) => escapeMarkdown(title)).join(' → ')}.`;
}

/** The stages of a change with how far each is. */
export function stageTable(stages: readonly StageProgress[]): string {
  return table(['Stage', 'State', 'Time', 'Note'], stages.map(stageRow));
}

function stageRow({ title, state, startedAt, finishedAt, note }: StageProgress): string[] {
  const shown = state === StageState.pending ? state : `**${state}**`;
  const time =
    startedAt === undefined || finishedAt === undefined ? '' : formatDuration(finishedAt - startedAt);
  return [escapeMarkdown(title), shown, time, escapeMarkdown(note ?? '')];
}

/** What a change waits for, and what a person can do about it. */
function standingSection({ phase, waitingFor, rollback, gate }: ChangeStatus, rollout: string): string[] {
  if (waitingFor === undefined || isFinal(phase)) return [];
  const waits = `**Waits for** ${escapeMarkdown(waitingFor)}.`;
  if (phase === Phase.paused) return [waits, commandBlock(rollout, [Command.resume, Command.cancel])];
  if (phase !== Phase.stopped) return [waits];
  const keep = gate?.asks === true ? [Command.resume] : [];
  const forward = [...keep, Command.retry, Command.rollback, Command.cancel];
  const commands = rollback === undefined ? forward : [Command.retry, Command.cancel];
  return [waits, commandBlock(rollout, commands)];
}

/** What a pause waits for, in words people are shown. */
export function pauseLine({ identity, reason }: Intervention): string {
  return `somebody to resume it: ${identity} paused it${reason === undefined ? '' : ` (${reason})`}`;
}

const commandNotes: Record<Command, string> = {
  pause: 'wait before the next stage',
  resume: 'go on; keep the change',
  retry: 'try the stage, or the measurement, again',
  rollback: 'take back what was done',
  cancel: 'end it',
};

/** The commands a person can give now, as they are typed. */
export function commandBlock(rollout: string, commands: readonly Command[]): string {
  const name = shortName(rollout);
  const lines = commands.map((command) => [`meshwright ${command} ${name}`, commandNotes[command]] as const);
  const width = Math.max(...lines.map(([line]) => line.length));
  return codeBlock(lines.map(([line, note]) => `${line.padEnd(width)}  # ${note}`).join('\n'));
}

/** Who asked for what while it ran. */
export function interventionLines(interventions: readonly Intervention[]): string[] {
  if (interventions.length === 0) return [];
  const lines = interventions.map(({ command, identity, reason, at }) => {
    const why = reason === undefined ? '' : `: ${escapeMarkdown(reason)}`;
    return `- **${command}** by ${escapeMarkdown(identity)}, ${formatTime(at)}${why}`;
  });
  return [['**Asked meanwhile**', lines.join('\n')].join('\n\n')];
}

function ownedSection({ total, sample, removal }: NonNullable<ChangeStatus['owned']>): string {
  const more = total > sample.length ? [`- … and ${total - sample.length} more`] : [];
  return [
    `**What the pattern owns there now: ${plural(total, 'object')}.** ${escapeMarkdown(removal)}`,
    [...sample.map((reference) => `- ${code(reference)}`), ...more].join('\n'),
  ].join('\n\n');
}
