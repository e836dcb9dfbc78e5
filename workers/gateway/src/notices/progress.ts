import {
  type ChangeStatus,
  type NoticeLine,
  Phase,
  type RolloutStatus,
  shortCommit,
  StageState,
  type TakenDecision,
} from '@meshwright/model';
import { toldOf } from './approval.ts';
import { plannedLine } from './target.ts';

/** What has happened in a rollout, oldest first. Each line keeps its key for as long as the rollout is told of. */
export function progressOf(status: RolloutStatus): NoticeLine[] {
  const { startedAt, approval, decisions, interventions, targets, finishedAt, phase, failure, hold } = status;
  const planned = targets.flatMap(plannedLine);
  const lines: NoticeLine[] = [
    { key: 'started', at: startedAt, text: `Began with commit ${shortCommit(status.commit)}.` },
    ...(approval === undefined || planned.length === 0
      ? []
      : [
          {
            key: `gate:${approval.gate}:${approval.subject}`,
            at: approval.openedAt,
            text: `Planned: ${planned.join('; ')}.`,
          },
        ]),
    ...decisionLines(decisions),
    ...interventions.map(({ command, identity, reason, at }) => ({
      key: `command:${at}:${command}`,
      at,
      text: `${sentence(command)} asked for by ${identity}${reason === undefined ? '' : `: ${reason}`}.`,
    })),
    ...targets.flatMap(targetLines),
  ];
  if (finishedAt !== undefined) {
    const why = phase === Phase.succeeded || failure === undefined ? '' : `: ${failure.message}`;
    lines.push({ key: 'finished', at: finishedAt, text: `${sentence(phase)}${why}` });
    if (hold?.revert !== undefined) {
      const text = `The branch ${hold.revert} reverts ${shortCommit(hold.commit)}.`;
      lines.push({ key: 'revert', at: finishedAt, text });
    }
  }
  return lines.toSorted((one, other) => one.at - other.at);
}

/** One line for each decision; where glass was broken everybody is to see it. */
export function decisionLines(decisions: readonly TakenDecision[]): NoticeLine[] {
  return decisions.map((taken) => ({
    key: `decision:${taken.at}:${taken.person}:${taken.decision}`,
    at: taken.at,
    text: `${taken.decision === 'break-glass' ? '🚨 ' : ''}${sentence(toldOf(taken))} (${taken.gate}, ${taken.from}).`,
  }));
}

function targetLines({ cluster, stages, rollback, gate }: ChangeStatus): NoticeLine[] {
  const told = [...stages, ...(rollback ?? [])].flatMap(({ id, title, state, finishedAt, note }) => {
    if (finishedAt === undefined || (state !== StageState.done && state !== StageState.failed)) return [];
    const found = note === undefined ? '' : ` (${note})`;
    return [
      {
        key: `stage:${cluster}:${id}:${state}`,
        at: finishedAt,
        text: `${cluster}: ${title} is ${state}${found}.`,
      },
    ];
  });
  if (gate?.verdict === undefined) return told;
  const at = Math.max(0, ...told.map((line) => line.at));
  const outcome = gate.outcome === undefined ? '' : ` The change is ${gate.outcome}.`;
  return [
    ...told,
    { key: `verdict:${cluster}:${gate.verdict}`, at, text: `${cluster}: ${gate.verdict}.${outcome}` },
  ];
}

/** Phases and commands as the beginning of a sentence. */
export function sentence(words: string): string {
  const spaced = words.includes(' ') ? words : words.replaceAll('-', ' ');
  return `${spaced.slice(0, 1).toUpperCase()}${spaced.slice(1)}`;
}
