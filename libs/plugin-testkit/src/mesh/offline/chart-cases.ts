import { strict as assert } from 'node:assert';
import type { KubernetesObject } from '@meshwright/model';
import { MeshLevel, type MeshCase } from '../suite.ts';
import { keptInMemory, objectsOf, type OfflineWorld, renderAll } from './world.ts';

const level = MeshLevel.offline;
const prefix = 'meshwright-conformance';

/** What a chart of tomorrow may hold, put into a copy of the mesh's first one. */
export const chartCases: readonly MeshCase<OfflineWorld>[] = [
  {
    id: 'chart-with-hooks',
    title: 'takes hooks of an installation as ordinary objects, and leaves those of deletion and tests out',
    level,
    run: (world) =>
      withTemplate(
        world,
        `${hook('kept', 'post-install,post-upgrade')}${hook('gone', 'pre-delete')}${hook('tests', 'test')}`,
        (objects) => {
          assert.deepEqual(ours(objects), [`${prefix}-kept`]);
        },
      ),
  },
  {
    id: 'chart-with-lookup',
    title: 'renders the same where a chart looks for what is on the cluster',
    level,
    run: (world) =>
      withTemplate(
        world,
        configMap('lookup', '{{ lookup "v1" "Namespace" "" "kube-system" | toJson | quote }}'),
        (objects) => {
          assert.deepEqual(ours(objects), [`${prefix}-lookup`]);
        },
      ),
  },
  {
    id: 'chart-with-chance',
    title: 'renders once and the same from then on where a chart draws a value by chance',
    level,
    run: (world) =>
      withTemplate(world, configMap('chance', '{{ randAlphaNum 32 | quote }}'), (objects) => {
        assert.deepEqual(ours(objects), [`${prefix}-chance`]);
      }),
  },
  {
    id: 'chart-with-large-definition',
    title: 'takes a definition of more than 256 KiB as it is',
    level,
    run: (world) =>
      withTemplate(world, largeDefinition, (objects) => {
        const definition = objects.find(({ metadata }) => metadata.name === `larges.${prefix}.example.com`);
        assert.ok(JSON.stringify(definition ?? '').length > 256 * 1024, 'it is not there as it was written');
      }),
  },
];

/** Renders twice with a template more in the first chart, and checks that it is the same. */
async function withTemplate(
  world: OfflineWorld,
  template: string,
  check: (objects: KubernetesObject[]) => void,
): Promise<void> {
  const { subject } = world;
  const wish = { mesh: subject.mesh(subject.versions.newer), secrets: keptInMemory() };
  const charts = await world.openAltered(template);
  const first = await renderAll(world, charts, wish);
  const again = await renderAll(world, charts, wish);
  assert.deepEqual(again.stages, first.stages);
  check(objectsOf(first));
}

function ours(objects: readonly KubernetesObject[]): string[] {
  return objects.map(({ metadata }) => metadata.name).filter((name) => name.startsWith(prefix));
}

function hook(name: string, moments: string): string {
  const annotations = `annotations: { helm.sh/hook: "${moments}", helm.sh/hook-delete-policy: hook-succeeded }`;
  return `---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${prefix}-${name}, namespace: kube-system, ${annotations} }\n`;
}

function configMap(name: string, value: string): string {
  return `---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${prefix}-${name}, namespace: kube-system }\ndata: { value: ${value} }\n`;
}

const largeDefinition = `---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: larges.${prefix}.example.com }
spec:
  group: ${prefix}.example.com
  scope: Namespaced
  names: { plural: larges, kind: Large }
  versions:
    - name: v1
      served: true
      storage: true
      schema: { openAPIV3Schema: { type: object, description: {{ repeat 270000 "x" | quote }} } }
`;
