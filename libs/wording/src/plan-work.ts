import {
  changeOrder,
  describeWork,
  formatReference,
  leftoversOf,
  type ObjectChange,
  type ObjectReference,
  ownChanges,
  type Plan,
  type PlannedStage,
  plural,
  summarizeStage,
  type UndoStage,
} from '@meshwright/model';
import { type AlikeChanges, groupAlike, withoutMark } from './alike.ts';
import { escapeText } from './text.ts';

/** How much of a plan is shown. */
export interface PlanLimits {
  /** Objects of each stage. */
  objects: number;
  /** Fields of each object. */
  fields: number;
  /** Whether everything is named: unchanged objects, passed checks, the objects of the way back. */
  full: boolean;
}

/** Enough to review by eye; what is left out is counted. */
export const briefPlan: PlanLimits = { objects: 20, fields: 8, full: false };

/** Everything. */
export const fullPlan: PlanLimits = { objects: Infinity, fields: Infinity, full: true };

/** The places of the stages that are taken back, as they are numbered in the plan: `3, 4`. */
export function describeUndone(
  { undoes }: Pick<UndoStage, 'undoes'>,
  { stages }: Pick<Plan, 'stages'>,
): string {
  const places = stages.flatMap(({ id }, index) => (undoes.includes(id) ? [String(index + 1)] : []));
  const unknown = undoes.filter((id) => !stages.some((stage) => stage.id === id));
  return [...places, ...unknown.map(escapeText)].join(', ');
}

/** The changes of a stage in the order they are shown, without the unchanged unless they are wanted or change hands. */
export function orderedChanges(changes: readonly ObjectChange[], limits: PlanLimits): ObjectChange[] {
  return changeOrder.flatMap((change) =>
    changes.filter(
      (candidate) =>
        candidate.change === change &&
        (limits.full || change !== 'unchanged' || candidate.owners !== undefined),
    ),
  );
}

/** Objects that a stage treats alike. */
export interface OtherWork {
  sign: '-' | '>' | '*';
  verb: string;
  note: string;
  objects: ObjectReference[];
}

/** What a stage does to whole objects, beyond the changes it lists: releases, leftovers and restarts. */
export function otherWork(stage: PlannedStage): OtherWork[] {
  return [
    { sign: '-' as const, verb: '', note: 'made by the mesh itself', objects: leftoversOf(stage) },
    {
      sign: '>' as const,
      verb: '',
      note: 'stays, and is no longer of this pattern',
      objects: stage.releases,
    },
    { sign: '*' as const, verb: 'restart ', note: '', objects: stage.restarts },
  ].filter(({ objects }) => objects.length > 0);
}

/** `-1 ~2 +3, 2 released, 5 restarts`: what a stage does, in numbers. */
export function describeStage(stage: PlannedStage): string {
  return describeWork(summarizeStage(stage));
}

/** The changes of a stage as they are shown: those that are alike together, unless everything is wanted. */
export function groupsOf(stage: PlannedStage, limits: PlanLimits): AlikeChanges[] {
  const changes = orderedChanges(ownChanges(stage), limits);
  return limits.full
    ? changes.map((change) => ({ first: change, changes: [change] }))
    : groupAlike(changes.map(withoutMark));
}

/** What an update says that has no field to show. */
export function noteOf({ change, fields, owners, predicted }: ObjectChange): string {
  if (predicted === true) return '  (not checked by the server yet)';
  return change === 'update' && fields.length === 0 && owners === undefined
    ? '  (only marked as of this pattern, or no longer)'
    : '';
}

/** The names of objects, as many as the limits allow. */
export function namesOf(changes: readonly ObjectChange[], limits: PlanLimits): string[] {
  const names = changes.slice(0, limits.objects).map(({ object }) => escapeText(formatReference(object)));
  const left = changes.length - names.length;
  return left > 0 ? [...names, `${left} more`] : names;
}

/** `and with it 12 more objects`, and the names of some. */
export function describeCascade({ total, sample }: { total: number; sample: string[] }): {
  title: string;
  names: string[];
} {
  const names = [...sample.map(escapeText), ...(total > sample.length ? ['…'] : [])];
  return { title: `and with it ${plural(total, 'more object')}`, names: sample.length === 0 ? [] : names };
}
