import type { ChaosReport, StepResult } from './report.ts';

/** One line for a step that has ended, and one for everything that is wrong with it. */
export function stepLine(step: StepResult, of: number): string {
  const {
    index,
    fault,
    operation,
    struck,
    phase,
    recovered,
    secondsToRecover = 0,
    violations,
    problem,
  } = step;
  const place = `${String(index).padStart(String(of).length)}/${of}`;
  const end = recovered ? `${phase ?? ''} after ${secondsToRecover.toFixed(1)} s` : 'NOT RECOVERED';
  const lines = [`${place}  ${fault} · ${operation}: ${end} (${struck ?? 'NEVER STRUCK'})`];
  if (problem !== undefined) lines.push(`      ${problem}`);
  for (const { invariant, what } of violations) lines.push(`      INVARIANT ${invariant} BROKEN: ${what}`);
  if (lines.length > 1) lines.push(`      again: ${step.repeat}`);
  return lines.join('\n');
}

/** The summary as a Markdown table, for terminals and for the documentation. */
export function summaryOf({ conditions, totals, kinds }: ChaosReport): string {
  const rows = kinds.map((kind) => row(kind.title, kind));
  return [
    `Seed ${conditions.seed}, ${conditions.startedAt} to ${conditions.finishedAt}, ${conditions.grounds} engines on ${conditions.cores} cores, Kubernetes ${conditions.kubernetes}.`,
    '',
    '| fault | injected | recovered | seconds to recover, p50 / max | invariants checked | broken |',
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    ...rows,
    row('**all**', totals),
  ].join('\n');
}

function row(title: string, totals: ChaosReport['totals']): string {
  const { struck, recovered, secondsToRecover, invariantsChecked, invariantsBroken } = totals;
  const seconds = `${secondsToRecover.p50.toFixed(1)} / ${secondsToRecover.max.toFixed(1)}`;
  return `| ${title} | ${struck} | ${recovered} | ${seconds} | ${invariantsChecked} | ${invariantsBroken} |`;
}
