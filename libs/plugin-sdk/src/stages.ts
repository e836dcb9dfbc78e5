import type { MeshStage } from './mesh.ts';

/** The stages of a plugin by their ids, which are their names here. */
export function stagesById<Id extends string>(
  stages: Readonly<Record<Id, Omit<MeshStage, 'id'>>>,
): Readonly<Record<Id, MeshStage>> {
  const named = Object.entries<Omit<MeshStage, 'id'>>(stages).map(([id, stage]) => [id, { id, ...stage }]);
  return Object.fromEntries(named) as Record<Id, MeshStage>;
}
