import type { MeshProblem } from './mesh.ts';

/** Names that a mesh has, and what people write for them. */
export interface KnownNames {
  /** For people, such as `Istio`. */
  mesh: string;
  known: readonly string[];
  /** A known name by each that people mean it by. Others in it count for nothing. */
  otherNames: Readonly<Record<string, string>>;
}

/** The refusals of components that a mesh does not have; pure. */
export function unknownComponents(components: readonly string[], names: KnownNames): MeshProblem[] {
  return components
    .filter((name) => !names.known.includes(name))
    .map((name) => ({
      field: 'mesh.components',
      message: `${names.mesh} has no component "${name}".`,
      suggestion: suggestionFor(name, names, 'There are'),
    }));
}

/** The refusal of values for a chart that a mesh does not have; pure. */
export function unknownChart(name: string, names: KnownNames): MeshProblem {
  return {
    field: `mesh.values.${name}`,
    message: `${names.mesh} has no chart "${name}".`,
    suggestion: suggestionFor(name, names, 'Charts are'),
  };
}

function suggestionFor(name: string, { known, otherNames }: KnownNames, listed: string): string {
  const meant = otherNames[name];
  const isKnown = meant !== undefined && known.includes(meant);
  return isKnown ? `Did you mean "${meant}"?` : `${listed} ${known.join(', ')}.`;
}
