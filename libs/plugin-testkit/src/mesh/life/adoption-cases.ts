import { strict as assert } from 'node:assert';
import { isMeshwrightError, type KubernetesObject, type MeshSpec } from '@meshwright/model';
import { MeshLevel, type MeshCase } from '../suite.ts';
import type { HelmRelease } from '../subject.ts';
import { expectNothingLeft } from './leaving.ts';
import { change, detect, expectInstalled, expectSettled, type Life, wishFor } from './life.ts';

const level = MeshLevel.controlPlane;
const manager = 'helm';
const servedMilliseconds = 30_000;

/** What another tool installed, and how it is taken over. */
export const adoptionCases: readonly MeshCase<Life>[] = [
  {
    id: 'foreign-installation',
    title: 'is found as another tool’s, and no plan touches it before somebody asks for it',
    level,
    after: 'uninstall',
    run: async (life: Life): Promise<void> => {
      const { newer } = life.subject.versions;
      const { releases, mesh } = await life.subject.helm(newer);
      await installByHelm(life, releases, newer);
      await life.standIn.applied('helm', [life.shop]);
      const found = (await detect(life)).map(({ version, managedBy }) => ({ version, managedBy }));
      assert.deepEqual(found, [{ version: newer, managedBy: manager }]);
      const refused = await life.trial.plan(wishFor(life, newer, { mesh })).catch((error: unknown) => error);
      assert.ok(isMeshwrightError(refused), 'it is planned as if it were ours');
      assert.equal(refused.code, 'FOREIGN_INSTALLATION');
    },
  },
  {
    id: 'adopt',
    title:
      'is taken over from another tool without a restart, is planned again without any change, and is taken away as ever',
    level,
    after: 'foreign-installation',
    run: async (life: Life): Promise<void> => {
      const { newer } = life.subject.versions;
      const { mesh } = await life.subject.helm(newer);
      const plan = await change(life, wishFor(life, newer, { mesh, adopt: true, workloads: [] }));
      assert.equal(plan.action, 'adopt');
      assert.deepEqual(
        plan.stages.flatMap(({ restarts }) => restarts),
        [],
        'it restarts workloads',
      );
      await expectInstalled(life, newer);
      await settle(life, mesh);
      const leaving = await change(life, wishFor(life, newer, { mesh, purpose: 'uninstall' }));
      await expectNothingLeft(life, leaving);
    },
  },
];

/** What ran before it was in the mesh joins it with the first change after the adoption. */
async function settle(life: Life, mesh: MeshSpec): Promise<void> {
  const wish = wishFor(life, mesh.version, { mesh });
  await change(life, wish);
  await expectSettled(life, wish);
}

/** Leaves what `helm install` leaves: the charts' objects, marked as those of a release. */
async function installByHelm(life: Life, releases: readonly HelmRelease[], version: string): Promise<void> {
  const { charts, cluster } = life.trial;
  const kubeVersion = (await cluster.version()).replace(/^v/, '');
  for (const { chart, name, namespace, values } of releases) {
    const asked = { chart, version, releaseName: name, namespace, values, kubeVersion };
    const objects = await charts.template({ ...asked, apiVersions: [], includeCrds: true });
    const marks = { 'meta.helm.sh/release-name': name, 'meta.helm.sh/release-namespace': namespace };
    const own = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
    if ((await cluster.get({ ...own, name: namespace })) === undefined) await cluster.apply(own, manager);
    for (const object of definitionsFirst(objects)) await install(life, object, { namespace, marks });
  }
}

function definitionsFirst(objects: readonly KubernetesObject[]): KubernetesObject[] {
  const isFirst = ({ kind }: KubernetesObject): boolean =>
    kind === 'CustomResourceDefinition' || kind === 'Namespace';
  return [...objects.filter(isFirst), ...objects.filter((object) => !isFirst(object))];
}

async function install(
  { trial: { cluster }, seen }: Life,
  object: KubernetesObject,
  { namespace, marks }: { namespace: string; marks: Record<string, string> },
): Promise<void> {
  const { kind, apiVersion, metadata } = object;
  const until = Date.now() + servedMilliseconds;
  while (!(await cluster.serves(apiVersion, kind)) && Date.now() < until)
    await new Promise((resolve) => setTimeout(resolve, 100));
  const annotations = { ...metadata.annotations, ...marks };
  await cluster.apply({ ...object, metadata: { ...metadata, annotations } }, manager);
  const place = metadata.namespace === undefined ? {} : { namespace: metadata.namespace };
  seen.set(`${kind} ${metadata.namespace ?? namespace}/${metadata.name}`, {
    apiVersion,
    kind,
    name: metadata.name,
    ...place,
  });
}
