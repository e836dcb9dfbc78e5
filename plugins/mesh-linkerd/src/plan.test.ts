import type { KubernetesObject } from '@meshwright/model';
import { describe, expect, it } from 'vitest';
import { plan } from './plan.ts';
import { installation, meshChange, planningContext, pod } from './test-support/objects.ts';

type Spec = Parameters<typeof meshChange>[0];
type Rest = Parameters<typeof meshChange>[1];

const planned = (spec: Spec = {}, rest: Rest = {}, objects: KubernetesObject[] = []) =>
  plan(meshChange(spec, rest), planningContext({ objects }));

const idsOf = ({ prepare, switchOver, settle }: Awaited<ReturnType<typeof plan>>) =>
  [prepare, switchOver, settle].map((stages) => stages.map(({ id }) => id));

describe('the stages', () => {
  it('of an installation are CRDs, control plane, extensions and a look at all', async () => {
    const install = await planned({ mesh: { components: ['multicluster', 'viz'] } });
    expect(install).toMatchObject({ action: 'install', version: '2026.8.3', confirmations: [] });
    expect(idsOf(install)).toEqual([['crds'], ['control-plane'], ['viz', 'multicluster', 'verify']]);
    expect(install.revision).toMatch(/^[0-9a-f]{8}-[0-9a-f]{8}$/);
  });

  it('of an upgrade are the same, and of a way back have the CRDs last', async () => {
    const from = (version: string) => ({ installations: [installation({ version })] });
    const upgrade = await planned({}, from('2026.7.2'));
    expect(upgrade.action).toBe('upgrade');
    const back = await planned({ mesh: { version: '2026.7.2' } }, from('2026.8.3'));
    expect(back.action).toBe('roll-back');
    expect(idsOf(back)).toEqual([[], ['control-plane'], ['crds', 'verify']]);
    expect(back.warnings[0]).toContain('goes back from 2026.8.3 to 2026.7.2');
  });
});

describe('how far a change goes', () => {
  it('is one line of versions, up or down', async () => {
    const from = (version: string) => ({ installations: [installation({ version })] });
    await expect(planned({ mesh: { version: '2026.6.3' } }, from('2025.10.7'))).resolves.toMatchObject({
      action: 'upgrade',
    });
    await expect(planned({}, from('2025.10.7'))).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      details: { remedy: expect.stringContaining('2.20') as string },
    });
    await expect(planned({ mesh: { version: '2025.4.4' } }, from('2026.6.3'))).rejects.toMatchObject({
      code: 'UNSUPPORTED',
    });
  });

  it('is not known from a version that nothing says', async () => {
    const unknown = { installations: [installation({ version: 'unknown' })] };
    await expect(planned({}, unknown)).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  });
});

it.each(['kube-system', 'cert-manager', 'linkerd', 'linkerd-viz'])(
  'takes no workloads of %s into the mesh',
  async (namespace) => {
    const shop = { namespace: 'shop', enroll: true, waypoint: false, manifests: [] };
    const workloads = [shop, { ...shop, namespace }];
    await expect(planned({ workloads })).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      message: `Linkerd takes no workloads of the namespace ${namespace} into the mesh.`,
    });
    const leftOut = [shop, { ...shop, namespace, enroll: false }];
    await expect(planned({ workloads: leftOut })).resolves.toMatchObject({ action: 'install' });
  },
);

describe('a Linkerd of somebody else', () => {
  const foreign = installation({ managedBy: 'helm' });

  it('is refused until a person adopts it, and adopted in its version alone', async () => {
    await expect(planned({}, { installations: [foreign] })).rejects.toMatchObject({
      code: 'FOREIGN_INSTALLATION',
    });
    await expect(planned({}, { installations: [foreign], adopt: true })).resolves.toMatchObject({
      action: 'adopt',
    });
    await expect(
      planned({ mesh: { version: '2026.7.2' } }, { installations: [foreign], adopt: true }),
    ).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  });

  it('is refused in another namespace', async () => {
    const elsewhere = installation({ namespace: 'mesh' });
    await expect(planned({}, { installations: [elsewhere] })).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  });
});

describe('mutual TLS', () => {
  it('cannot be off, nor be said twice', async () => {
    await expect(planned({ security: { mtls: 'disabled' } })).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    const values = { 'linkerd-control-plane': { proxy: { defaultInboundPolicy: 'deny' } } };
    await expect(planned({ mesh: { values }, security: { mtls: 'strict' } })).rejects.toMatchObject({
      code: 'UNSUPPORTED',
    });
    await expect(planned({ mesh: { values } })).resolves.toMatchObject({ action: 'install' });
  });
});

describe('the Gateway API', () => {
  const definition = (annotations: Record<string, string>): KubernetesObject => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'httproutes.gateway.networking.k8s.io', annotations },
  });

  it('is Linkerd’s to bring, or somebody else’s in a version that it reads', async () => {
    const noteOf = async (objects: KubernetesObject[]) =>
      (await planned({}, {}, objects)).preflight.find(({ title }) => title === 'Gateway API')?.note;
    expect(await noteOf([])).toBe('its CRDs come with Linkerd’s');
    expect(await noteOf([definition({ 'linkerd.io/created-by': 'linkerd/helm x' })])).toBe(
      'its CRDs come with Linkerd’s',
    );
    expect(await noteOf([definition({})])).toContain('somebody else’s');
    const context = planningContext({
      objects: [definition({})],
      missingKinds: ['gateway.networking.k8s.io/v1/HTTPRoute'],
    });
    await expect(plan(meshChange(), context)).rejects.toMatchObject({ code: 'PREFLIGHT_FAILED' });
  });
});

it('says what is newer than what was tried, and that linked clusters must share an anchor', async () => {
  const { warnings } = await planned({ mesh: { version: '2027.1.1', components: ['multicluster'] } });
  expect(warnings.some((warning) => warning.includes('newer than 2026.8.3'))).toBe(true);
  expect(warnings.some((warning) => warning.includes('common trust anchor'))).toBe(true);
});

describe('uninstalling', () => {
  const uninstall = (objects: KubernetesObject[] = [], installations = [installation()]) =>
    planned({}, { purpose: 'uninstall', installations }, objects);

  it('leaves the order to the engine, and says that the keys go', async () => {
    const plan = await uninstall([pod('web-0')]);
    expect(idsOf(plan)).toEqual([[], [], []]);
    expect(plan.warnings[0]).toContain('other trust anchors');
  });

  it('is refused while pods outside the pattern are in the mesh, but for its own', async () => {
    await expect(uninstall([pod('x', { namespace: 'elsewhere' })])).rejects.toMatchObject({
      code: 'PREFLIGHT_FAILED',
      details: { lines: ['elsewhere: x'] },
    });
    await expect(uninstall([pod('x', { namespace: 'linkerd-viz' })])).resolves.toBeDefined();
  });

  it('leaves a Linkerd of somebody else as it is, and does not begin beside one', async () => {
    const foreign = installation({ managedBy: 'helm', namespace: 'other' });
    expect((await uninstall([], [foreign])).warnings).toEqual([expect.stringContaining('stays as it is')]);
    await expect(uninstall([], [installation(), foreign])).rejects.toMatchObject({
      code: 'FOREIGN_INSTALLATION',
    });
  });
});
