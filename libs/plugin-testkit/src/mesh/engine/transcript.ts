import type { Told, ToldMoment, ToldRun } from './told.ts';

/** Something that people read as a whole: what a command printed, or a run in the Temporal UI. */
export interface Section {
  title: string;
  lines: string[];
}

/** What was told of a rollout, in the order in which people would read it. */
export function sectionsOf(told: Told): Section[] {
  return [...momentSections('waits for approval', told.waiting), ...momentSections('is over', told.over)];
}

/** What was told, as a text to read. */
export function transcriptOf(told: Told): string {
  return textOf(sectionsOf(told));
}

/** Sections as one text. */
export function textOf(sections: readonly Section[]): string {
  return sections.map(({ title, lines }) => [title, ...lines, ''].join('\n')).join('\n');
}

function momentSections(when: string, { screens, runs }: ToldMoment): Section[] {
  return [
    ...screens.map(({ command, text }) => ({
      title: `=== it ${when}: $ ${command}`,
      lines: linesOf(text),
    })),
    ...runs.map((run) => ({
      title: `=== it ${when}: in Temporal, ${run.type} ${run.id}`,
      lines: runLines(run),
    })),
  ];
}

function runLines({ state, summary, details, current, attributes, activities }: ToldRun): string[] {
  return [
    `state: ${state}`,
    `summary: ${summary}`,
    ...(details === '' ? [] : [`details: ${details}`]),
    ...Object.entries(attributes).map(([name, value]) => `${name}: ${value}`),
    '',
    ...linesOf(current),
    '',
    'activities:',
    ...activities.map((activity) => `  ${activity.type}: ${activity.summary}`),
  ];
}

function linesOf(text: string): string[] {
  return text.trimEnd().split('\n');
}
