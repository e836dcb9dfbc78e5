import { strict as assert } from 'node:assert';
import { formatReference, type KubernetesObject, referenceKey, referenceOf } from '@meshwright/model';
import { MeshLevel, type MeshCase } from '../suite.ts';
import {
  applied,
  byKey,
  installed,
  keptInMemory,
  objectsOf,
  type OfflineWorld,
  renderAll,
  shop,
} from './world.ts';

const level = MeshLevel.offline;

/** Kinds of Kubernetes that have no namespace. */
const clusterKinds = new Set([
  'APIService',
  'CSIDriver',
  'ClusterRole',
  'ClusterRoleBinding',
  'CustomResourceDefinition',
  'GatewayClass',
  'IngressClass',
  'MutatingWebhookConfiguration',
  'Namespace',
  'PersistentVolume',
  'PriorityClass',
  'RuntimeClass',
  'StorageClass',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'ValidatingWebhookConfiguration',
]);
/** Namespaces that every cluster has, and the pattern's own. */
const givenNamespaces = ['kube-system', 'default', shop];

/** What is rendered of real charts, and that it is always the same. */
export const renderingCases: readonly MeshCase<OfflineWorld>[] = [
  {
    id: 'plan-same',
    title: 'plans the same for the same, however often it is asked',
    level,
    run: async (world: OfflineWorld): Promise<void> => {
      const { subject } = world;
      const secrets = keptInMemory();
      const wish = { mesh: subject.everything(subject.versions.newer), secrets };
      const [one, other] = [await world.openCharts(), await world.openCharts()];
      const first = await renderAll(world, one, wish);
      assert.deepEqual((await renderAll(world, other, wish)).plan, first.plan);
    },
  },
  {
    id: 'render-same',
    title:
      'renders the same objects in the same order whenever Helm runs, also of charts that draw values by chance',
    level,
    run: async (world: OfflineWorld): Promise<void> => {
      const { subject } = world;
      for (const mesh of [subject.mesh(subject.versions.older), subject.everything(subject.versions.newer)]) {
        const secrets = keptInMemory();
        const first = await renderAll(world, await world.openCharts(), { mesh, secrets });
        const again = await renderAll(world, await world.openCharts(), { mesh, secrets });
        assert.ok(objectsOf(first).length > 0, 'it renders nothing');
        assert.equal(JSON.stringify(again.stages), JSON.stringify(first.stages));
      }
    },
  },
  {
    id: 'render-same-installed',
    title: 'renders the same objects once they are on the cluster',
    level,
    run: async (world: OfflineWorld): Promise<void> => {
      const { subject } = world;
      const mesh = subject.everything(subject.versions.newer);
      const secrets = keptInMemory();
      const charts = await world.openCharts();
      const first = await renderAll(world, charts, { mesh, secrets });
      const { version, revision } = first.plan;
      const again = await renderAll(world, charts, {
        mesh,
        secrets,
        objects: applied(objectsOf(first)),
        installations: [installed(world, { version, revision, mode: mesh.mode })],
      });
      const before = byKey(objectsOf(first));
      const after = byKey(objectsOf(again));
      for (const key of Object.keys(after)) assert.deepEqual(after[key], before[key], key);
      assert.ok(Object.keys(after).length > 0, 'it renders nothing once it is installed');
    },
  },
  {
    id: 'objects-named-once',
    title: 'names no object twice in one plan',
    level,
    run: (world) =>
      forEverything(world, (objects) => {
        const seen = new Set<string>();
        for (const object of objects) {
          const key = referenceKey(referenceOf(object));
          assert.ok(!seen.has(key), `${named(object)} stands twice`);
          seen.add(key);
        }
      }),
  },
  {
    id: 'objects-have-namespaces',
    title: 'puts every namespaced object into a namespace that is there by then',
    level,
    run: (world) =>
      forEverything(world, (objects) => {
        const namespaces = new Set(givenNamespaces);
        const withoutNamespace = new Set([...clusterKinds, ...clusterScoped(objects)]);
        for (const object of objects) {
          if (object.kind === 'Namespace') namespaces.add(object.metadata.name);
          const { namespace } = object.metadata;
          if (namespace === undefined)
            assert.ok(withoutNamespace.has(object.kind), `${named(object)} has no namespace`);
          else assert.ok(namespaces.has(namespace), `the namespace of ${named(object)} comes later or never`);
        }
      }),
  },
  {
    id: 'no-secrets-in-plans',
    title: 'puts no content of a Secret and no private key into a plan',
    level,
    run: (world) =>
      forEverything(world, (objects) => {
        for (const object of objects) {
          const isSecret = object.kind === 'Secret' && ('data' in object || 'stringData' in object);
          assert.ok(!isSecret, `${named(object)} has its content in the plan`);
          const text = JSON.stringify(object);
          assert.doesNotMatch(text, /-----BEGIN [A-Z ]*PRIVATE KEY-----/, `${named(object)} has a key`);
          assert.ok(!text.includes(encodedKey), `${named(object)} has an encoded key`);
        }
      }),
  },
];

/** As every key in PEM begins, in Base64, but for what depends on its kind. */
const encodedKey = Buffer.from('-----BEGIN PRIVATE KEY-----').toString('base64').slice(0, 32);

async function forEverything(
  world: OfflineWorld,
  check: (objects: KubernetesObject[]) => void,
): Promise<void> {
  const { subject } = world;
  const charts = await world.openCharts();
  for (const version of [subject.versions.older, subject.versions.newer]) {
    const objects = objectsOf(await renderAll(world, charts, { mesh: subject.everything(version) }));
    assert.ok(objects.length > 0, `it renders nothing of ${version}`);
    check(objects);
  }
}

/** Kinds without a namespace that the mesh defines itself. */
function clusterScoped(objects: readonly KubernetesObject[]): string[] {
  return objects
    .filter(({ kind }) => kind === 'CustomResourceDefinition')
    .map(({ spec }) => spec as { scope: string; names: { kind: string } })
    .filter(({ scope }) => scope === 'Cluster')
    .map(({ names }) => names.kind);
}

function named(object: KubernetesObject): string {
  return formatReference(referenceOf(object));
}
