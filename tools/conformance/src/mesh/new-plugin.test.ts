import { expect, it } from 'vitest';
import { depending, generateMeshPlugin, registered } from './new-plugin.ts';

const registry = `import { meshBeta } from '@meshwright/mesh-beta';
import { createRegistry, type PluginRegistry } from '@meshwright/plugin-sdk';

/** Every plugin. */
export const plugins: PluginRegistry = createRegistry([meshBeta]);
`;

it('puts a mesh into the registry, in order', () => {
  const text = registered(registered(registry, 'gamma'), 'alpha');
  expect(text.split('\n').slice(0, 3)).toEqual([
    "import { meshAlpha } from '@meshwright/mesh-alpha';",
    "import { meshBeta } from '@meshwright/mesh-beta';",
    "import { meshGamma } from '@meshwright/mesh-gamma';",
  ]);
  expect(text).toContain('createRegistry([meshAlpha, meshBeta, meshGamma])');
});

it('puts a mesh among the dependencies, in order', () => {
  const text = depending('{"name":"x","dependencies":{"@meshwright/model":"0.1.0","zod":"4.6.7"}}', 'alpha');
  expect(Object.keys((JSON.parse(text) as { dependencies: object }).dependencies)).toEqual([
    '@meshwright/mesh-alpha',
    '@meshwright/model',
    'zod',
  ]);
});

it.each(['', 'Kuma', '../evil', 'a-b', '9mesh'])('refuses the name "%s"', async (name) => {
  await expect(generateMeshPlugin(name)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
});

it('writes over no plugin that is there', async () => {
  await expect(generateMeshPlugin('istio')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
});
