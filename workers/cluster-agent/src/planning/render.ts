import { type KubernetesObject, referenceKey, StageKind } from '@meshwright/model';
import type { MeshStage } from '@meshwright/plugin-sdk';
import { composeMeshStage } from './compose.ts';
import type { ComposedStage, Part } from './stage.ts';
import type { Planning } from './target.ts';

/** The stages of the mesh plugin with what they apply; all are rendered at once. */
export function renderStages(
  stages: readonly MeshStage[],
  part: Part,
  { plugin, context, found }: Planning,
): Promise<ComposedStage[]> {
  const owned = new Set(found.members.map(({ object }) => referenceKey(object)));
  return Promise.all(
    stages.map(async (stage) => {
      const objects: KubernetesObject[] =
        stage.kind === StageKind.apply ? await plugin.render(stage, found.change, context) : [];
      return composeMeshStage(stage, { part, objects, owned });
    }),
  );
}
