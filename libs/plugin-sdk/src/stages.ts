import { type KubernetesObject, MeshwrightError } from '@meshwright/model';
import type { MeshChange, MeshStage } from './mesh.ts';

/** The stages of a plugin by their ids, which are their names here. */
export function stagesById<Id extends string>(
  stages: Readonly<Record<Id, Omit<MeshStage, 'id'>>>,
): Readonly<Record<Id, MeshStage>> {
  const named = Object.entries<Omit<MeshStage, 'id'>>(stages).map(([id, stage]) => [id, { id, ...stage }]);
  return Object.fromEntries(named) as Record<Id, MeshStage>;
}

/** What a stage applies, of a change; `Context` is as much of a planning context as the mesh needs. */
export type StageRenderer<Context> = (
  change: MeshChange,
  context: Context,
) => KubernetesObject[] | Promise<KubernetesObject[]>;

/**
 * The verb `render` of a plugin, from what each of its stages applies.
 * @throws MeshwrightError INVALID_INPUT, of what it gives, for a stage that applies nothing.
 */
export function renderStages<Context>(
  mesh: string,
  renderers: Readonly<Record<string, StageRenderer<Context>>>,
): (stage: MeshStage, change: MeshChange, context: Context) => Promise<KubernetesObject[]> {
  return async ({ id }, change, context) => {
    const render = Object.hasOwn(renderers, id) ? renderers[id] : undefined;
    if (render !== undefined) return render(change, context);
    throw new MeshwrightError('INVALID_INPUT', `${mesh} renders nothing for a stage "${id}".`);
  };
}
