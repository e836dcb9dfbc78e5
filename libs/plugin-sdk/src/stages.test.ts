import { expect, it } from 'vitest';
import type { MeshChange } from './mesh.ts';
import { renderStages, stagesById } from './stages.ts';

const stages = stagesById({
  crds: { title: 'Its CRDs', kind: 'apply', timeoutSeconds: 60 },
  tag: { title: 'Its tag', kind: 'apply', timeoutSeconds: 60, requires: 'its control plane' },
});

it('names each stage by its id', () => {
  expect(stages.tag).toEqual({
    ...{ id: 'tag', title: 'Its tag', kind: 'apply', timeoutSeconds: 60 },
    requires: 'its control plane',
  });
});

it('renders what a stage applies, and refuses one that applies nothing', async () => {
  const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'mesh' } };
  const render = renderStages('Mesh', {
    crds: (_change, name: string) => [{ ...object, metadata: { name } }],
  });
  // Nothing here looks at it.
  const change = {} as MeshChange;
  expect(await render(stages.crds, change, 'mesh')).toEqual([object]);
  for (const id of ['tag', 'constructor']) {
    await expect(render({ ...stages.tag, id }, change, 'mesh')).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: `Mesh renders nothing for a stage "${id}".`,
    });
  }
});
