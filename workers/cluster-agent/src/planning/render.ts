import { type KubernetesObject, referenceKey, StageKind } from '@meshwright/model';
import type { MeshStage } from '@meshwright/plugin-sdk';
import { composeMeshStage, endOfTemporary } from './compose.ts';
import type { ComposedStage, Part } from './stage.ts';
import type { Planning } from './target.ts';

/** The stages of the mesh plugin with what they apply; all are rendered at once. Temporary ones are followed by their end. */
export async function renderStages(
  stages: readonly MeshStage[],
  part: Part,
  { plugin, context, found }: Planning,
): Promise<ComposedStage[]> {
  const owned = new Set(found.members.map(({ object }) => referenceKey(object)));
  const rendered = await Promise.all(
    stages.map(async (stage) => {
      const objects: KubernetesObject[] =
        stage.kind === StageKind.apply ? await plugin.render(stage, found.change, context) : [];
      const composed = composeMeshStage(stage, { part, objects, owned });
      return composed.temporary === true ? [composed, endOfTemporary(composed)] : [composed];
    }),
  );
  return rendered.flat();
}
