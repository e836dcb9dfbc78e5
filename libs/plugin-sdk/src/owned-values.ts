import type { MeshProblem } from './mesh.ts';
import { type ChartValues, valueAt } from './values.ts';

/** A chart value that is not the pattern author's to choose. */
export interface OwnedValue {
  /** Dotted, all for the same thing. */
  paths: readonly string[];
  /** The only things it may say; nothing when absent, unless some are refused. */
  allowed?: readonly unknown[];
  /** The only things it may not say. */
  refused?: readonly unknown[];
  /** After a colon, in the words people are shown. */
  why: string;
  /** What to do instead; to take it away when absent. */
  suggestion?: string;
}

/** What a chart's values say about things that a plugin decides itself; pure. */
export function ownedValueProblems(
  chart: string,
  values: ChartValues,
  owned: readonly OwnedValue[],
): MeshProblem[] {
  return owned.flatMap(({ paths, allowed = [], refused, why, suggestion = 'Take it away.' }) =>
    paths
      .map((path) => ({ path, value: valueAt(values, path) }))
      .filter(({ value }) => value !== undefined && (refused?.includes(value) ?? !allowed.includes(value)))
      .map(({ path }) => ({
        field: `mesh.values.${chart}.${path}`,
        message: `Not to be set: ${why}.`,
        suggestion,
      })),
  );
}
