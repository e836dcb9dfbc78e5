import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '@meshwright/model';
import type { Installation, MeshChange, MeshPlan } from '@meshwright/plugin-sdk';
import { plan } from './plan.ts';
import { fakeContext } from '@meshwright/plugin-testkit';
import { injector, installation, meshChange, podOf, proxyImage, workload } from './test-support/objects.ts';

type Spec = Parameters<typeof meshChange>[0];
type Rest = Partial<MeshChange> & { objects?: KubernetesObject[] };

function planned(spec: Spec = {}, { objects = [], ...rest }: Rest = {}) {
  return plan(meshChange(spec, rest), fakeContext({ objects }));
}

const shop = { namespace: 'shop', enroll: true, waypoint: false, manifests: [] };

function ids({ prepare, switchOver, settle }: MeshPlan): Record<string, string[]> {
  const idsOf = (stages: MeshPlan['prepare']) => stages.map(({ id }) => id);
  return { prepare: idsOf(prepare), switchOver: idsOf(switchOver), settle: idsOf(settle) };
}

const everything: Spec = {
  mesh: { components: ['gateway', 'cni'] },
  security: { mtls: 'strict' },
  workloads: [shop],
};

describe('a plan', () => {
  it('installs a control plane with a revision of its own, and then the tag that makes it inject', async () => {
    const found = await planned();
    expect(found).toMatchObject({ action: 'install', version: '1.31.0', revision: '1-31-0', warnings: [] });
    expect(ids(found)).toEqual({
      prepare: ['crds', 'control-plane'],
      switchOver: ['tag'],
      settle: ['verify'],
    });
  });

  it('switches to the CNI agent before the tag, and settles the gateway and policies behind the workloads', async () => {
    expect(ids(await planned(everything))).toEqual({
      prepare: ['crds', 'control-plane'],
      switchOver: ['cni', 'tag'],
      settle: ['gateway', 'security', 'verify'],
    });
  });

  it('installs without a revision where upgrades are to be in place', async () => {
    expect(await planned({ mesh: { upgrade: 'in-place' } })).toMatchObject({
      action: 'install',
      revision: 'default',
    });
  });

  it.each<[string, Partial<Installation>]>([
    ['its revision', {}],
    ['no revision', { revision: 'default' }],
    ['a revision of another name', { revision: 'stable' }],
  ])('configures an installation of the same version in place and keeps %s', async (_name, overrides) => {
    const found = await planned(everything, { installations: [installation(overrides)] });
    expect(found).toMatchObject({ action: 'configure', revision: overrides.revision ?? '1-31-0' });
    expect(ids(found)).toEqual({
      prepare: ['crds'],
      switchOver: ['cni', 'control-plane', 'tag'],
      settle: ['gateway', 'security', 'verify'],
    });
  });

  it('shows what is wrong with the installation it found', async () => {
    const installations = [installation({ healthy: false, notes: ['istiod is away.'] })];
    expect((await planned({}, { installations })).warnings).toEqual(['istiod is away.']);
  });

  it.each<[string, Partial<Installation>[]]>([
    ['another namespace', [{ namespace: 'mesh' }]],
    ['a second one in another namespace', [{}, { revision: '1-30-0', namespace: 'mesh' }]],
    ['an unknown version', [{ version: 'unknown', revision: 'x' }]],
    ['the revision of another version', [{ version: '1.30.0' }]],
  ])('refuses an installation of its own with %s', async (_name, found) => {
    const installations = found.map((overrides) => installation(overrides));
    await expect(planned({}, { installations })).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      details: { remedy: expect.stringMatching(/./) as string },
    });
  });

  it.each(['kube-system', 'istio-system', 'istio-ingress'])('refuses to enroll %s', async (namespace) => {
    await expect(planned({ workloads: [{ ...shop, namespace }] })).rejects.toMatchObject({
      code: 'UNSUPPORTED',
    });
  });

  it('warns of a version that nobody tried, and of workloads that strict mutual TLS shuts out', async () => {
    const { warnings } = await planned({
      mesh: { version: '1.32.0' },
      security: { mtls: 'strict' },
      workloads: [shop, { ...shop, namespace: 'legacy', enroll: false }],
    });
    expect(warnings).toEqual([
      expect.stringContaining('newer than 1.31') as string,
      expect.stringContaining('legacy') as string,
    ]);
  });
});

describe('a canary upgrade', () => {
  const from = installation({ version: '1.30.2', revision: '1-30-2' });

  it('puts the new control plane beside the old one and then moves the tag', async () => {
    const found = await planned(everything, { installations: [from] });
    expect(found).toMatchObject({ action: 'upgrade', version: '1.31.0', revision: '1-31-0' });
    expect(ids(found)).toEqual({
      prepare: ['crds', 'control-plane'],
      switchOver: ['cni', 'tag'],
      settle: ['gateway', 'security', 'verify'],
    });
  });

  it('crosses two minor versions at once', async () => {
    const installations = [installation({ version: '1.29.9', revision: '1-29-9' })];
    expect(await planned({}, { installations })).toMatchObject({ action: 'upgrade' });
  });

  it('is refused where it would cross more, with the way that is supported', async () => {
    const installations = [installation({ version: '1.27.3', revision: '1-27-3' })];
    await expect(planned({}, { installations })).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      details: { remedy: expect.stringContaining('1.27.3 -> 1.29.x -> 1.31.0') as string },
    });
  });

  it('from a control plane without a revision takes its injector away when the tag is there', async () => {
    const found = await planned(
      {},
      {
        installations: [installation({ version: '1.30.0', revision: 'default' })],
        objects: [injector('default', { enabled: true })],
      },
    );
    expect(found.switchOver.at(-1)).toMatchObject({
      id: 'tag',
      deletes: [
        {
          apiVersion: 'admissionregistration.k8s.io/v1',
          kind: 'MutatingWebhookConfiguration',
          name: 'istio-sidecar-injector',
        },
      ],
    });
  });

  it('that was interrupted before the tag moved plans on', async () => {
    const found = await planned(everything, { installations: [from, installation()] });
    expect(found).toMatchObject({ action: 'upgrade', revision: '1-31-0' });
    expect(ids(found).prepare).toEqual(['crds', 'control-plane']);
  });

  it('that was interrupted after the tag moved is finished', async () => {
    const found = await planned(everything, { installations: [installation(), from] });
    expect(found).toMatchObject({ action: 'configure', revision: '1-31-0' });
  });

  it('that was interrupted goes back to the control plane that is still there, whatever its revision', async () => {
    const old = installation({ version: '1.30.0', revision: 'default' });
    const found = await planned(
      { mesh: { version: '1.30.0' } },
      {
        installations: [installation(), old],
        objects: [
          injector('1-31-0', { tag: 'default' }),
          {
            apiVersion: 'v1',
            kind: 'Service',
            metadata: { name: 'istiod-revision-tag-default', namespace: 'istio-system' },
          },
        ],
      },
    );
    expect(found).toMatchObject({ action: 'roll-back', revision: 'default' });
    expect(found.switchOver.at(-1)?.deletes?.map(({ name }) => name)).toEqual([
      'istio-revision-tag-default',
      'istiod-revision-tag-default',
    ]);
  });

  it('back to an older version is a roll-back with a warning, whose CRDs go back last', async () => {
    const found = await planned(
      { ...everything, mesh: { version: '1.29.0', components: ['cni'] } },
      { installations: [installation()] },
    );
    expect(found).toMatchObject({ action: 'roll-back', version: '1.29.0', revision: '1-29-0' });
    expect(found.warnings).toEqual([expect.stringContaining('goes back from 1.31.0 to 1.29.0') as string]);
    expect(ids(found)).toEqual({
      prepare: ['control-plane'],
      switchOver: ['cni', 'tag'],
      settle: ['crds', 'security', 'verify'],
    });
  });
});

describe('workloads outside the pattern', () => {
  const installations = [installation({ version: '1.30.0', revision: '1-30-0' })];
  const old = { proxy: proxyImage, revision: '1-30-0' };

  it('that use the control plane to be retired stop the plan, by name', async () => {
    const objects = [
      ...workload('web', { pods: [old] }),
      ...workload('api', { namespace: 'team-b', pods: [old, old] }),
    ];
    await expect(planned({ workloads: [shop] }, { installations, objects })).rejects.toMatchObject({
      code: 'PREFLIGHT_FAILED',
      details: { lines: ['team-b: api-0, api-1'], remedy: expect.stringContaining('Enroll') as string },
    });
  });

  it('do not matter to a change that retires nothing', async () => {
    const objects = workload('api', { namespace: 'team-b', pods: [{ proxy: proxyImage }] });
    expect(await planned({}, { installations: [installation()], objects })).toMatchObject({
      action: 'configure',
    });
  });

  const labelled = (name: string, manager: string): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name,
      labels: { 'istio-injection': 'enabled' },
      managedFields: [
        {
          manager,
          operation: 'Apply',
          fieldsV1: { 'f:metadata': { 'f:labels': { 'f:istio-injection': {} } } },
        },
      ],
    },
  });

  it.each([
    ['meshwright', 'upgrade'],
    ['kubectl', undefined],
  ])('that leave the mesh with the change are restarted where %s had labelled them', async (by, action) => {
    const objects = [...workload('api', { namespace: 'leaving', pods: [old] }), labelled('leaving', by)];
    const leaving = { ...shop, namespace: 'leaving', enroll: false };
    const plan = planned({ workloads: [shop, leaving] }, { installations, objects });
    await (action === undefined
      ? expect(plan).rejects.toMatchObject({ code: 'PREFLIGHT_FAILED' })
      : expect(plan).resolves.toMatchObject({ action }));
  });

  it('are not those of a namespace that the pattern no longer names, whoever labelled it', async () => {
    const objects = [...workload('api', { namespace: 'gone', pods: [old] }), labelled('gone', 'meshwright')];
    await expect(planned({ workloads: [shop] }, { installations, objects })).rejects.toMatchObject({
      code: 'PREFLIGHT_FAILED',
    });
    expect(
      await planned({ workloads: [shop] }, { installations, objects, purpose: 'uninstall' }),
    ).toMatchObject({ action: 'uninstall' });
  });

  it('are not the gateway of the pattern, nor gateways that follow the tag', async () => {
    const gateway = (name: string, labels: Record<string, string>) =>
      podOf(name, 'istio-ingress', { kind: 'ReplicaSet', name: 'x', controller: true }, { ...old, labels });
    const objects = [
      gateway('own', { 'app.kubernetes.io/instance': 'istio-ingressgateway' }),
      gateway('managed', { 'gateway.networking.k8s.io/gateway-name': 'edge' }),
    ];
    expect(await planned({}, { installations, objects })).toMatchObject({ action: 'upgrade' });
  });

  it('are gateways that name the revision', async () => {
    const objects: KubernetesObject[] = [
      podOf('edge-1', 'shop', undefined, {
        ...old,
        labels: { 'gateway.networking.k8s.io/gateway-name': 'edge' },
      }),
      {
        apiVersion: 'gateway.networking.k8s.io/v1',
        kind: 'Gateway',
        metadata: { name: 'edge', namespace: 'shop', labels: { 'istio.io/rev': '1-30-0' } },
      },
    ];
    await expect(planned({ workloads: [shop] }, { installations, objects })).rejects.toMatchObject({
      code: 'PREFLIGHT_FAILED',
      details: { lines: ['shop: edge-1'] },
    });
  });

  it('are warned of inside it where no restart moves them', async () => {
    const objects = [podOf('lonely', 'shop', undefined, old)];
    const { warnings } = await planned({ workloads: [shop] }, { installations, objects });
    expect(warnings).toEqual([expect.stringContaining('Pod shop/lonely') as string]);
  });
});

describe('an upgrade in place', () => {
  const mesh = { upgrade: 'in-place', components: ['cni'] } as const;
  const from = (version: string) => [installation({ version, revision: 'default' })];

  it('replaces the control plane, and then the CNI agent', async () => {
    const found = await planned(
      { mesh: { ...mesh, components: ['cni'] } },
      { installations: from('1.30.0') },
    );
    expect(found).toMatchObject({ action: 'upgrade', revision: 'default' });
    expect(ids(found)).toMatchObject({ prepare: ['crds'], switchOver: ['control-plane', 'cni', 'tag'] });
  });

  it('backwards replaces the CNI agent first', async () => {
    const found = await planned(
      { mesh: { ...mesh, components: ['cni'], version: '1.30.0' } },
      { installations: from('1.31.0') },
    );
    expect(found.action).toBe('roll-back');
    expect(ids(found)).toMatchObject({ prepare: [], switchOver: ['cni', 'control-plane', 'tag'] });
  });

  it('crosses one minor version and no more', async () => {
    await expect(
      planned({ mesh: { upgrade: 'in-place' } }, { installations: from('1.28.1') }),
    ).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      details: { remedy: expect.stringContaining('1.28.1 -> 1.29.x -> 1.30.x -> 1.31.0') as string },
    });
  });

  it('is refused for a control plane with a revision, as Istio refuses it', async () => {
    const installations = [installation({ version: '1.30.0', revision: '1-30-0' })];
    await expect(planned({ mesh: { upgrade: 'in-place' } }, { installations })).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      details: { remedy: expect.stringContaining('mesh.upgrade: canary') as string },
    });
  });
});

describe('an installation of another tool', () => {
  const helm = (overrides: Partial<Installation> = {}) =>
    installation({ managedBy: 'helm', revision: 'default', ...overrides });

  it.each(['helm', 'istioctl', 'argocd', 'unknown'])(
    'that %s keeps is refused, with the command that takes it over',
    async (managedBy) => {
      await expect(planned({}, { installations: [helm({ managedBy })] })).rejects.toMatchObject({
        code: 'FOREIGN_INSTALLATION',
        message: expect.stringContaining(managedBy) as string,
        details: { remedy: expect.stringContaining('meshwright adopt') as string },
      });
    },
  );

  it('is taken over with its revision when a person asks for it', async () => {
    const found = await planned(everything, { installations: [helm()], adopt: true });
    expect(found).toMatchObject({ action: 'adopt', version: '1.31.0', revision: 'default' });
    expect(ids(found).switchOver).toEqual(['cni', 'control-plane', 'tag']);
  });

  it('is taken over again where that was interrupted', async () => {
    expect(await planned({}, { installations: [installation()], adopt: true })).toMatchObject({
      action: 'adopt',
    });
  });

  it.each<[string, Installation[], string]>([
    ['there is none', [], 'Commit the pattern'],
    ['it has another version', [helm({ version: '1.30.0' })], 'Write mesh.version: 1.30.0'],
    ['it says no version', [helm({ version: 'unknown' })], 'app.kubernetes.io/version'],
    ['there are several', [helm(), helm({ revision: 'canary' })], 'retire the others'],
    ['it is in another namespace', [helm({ namespace: 'mesh' })], 'Remove it'],
  ])('is not taken over where %s', async (_name, installations, remedy) => {
    await expect(planned({}, { installations, adopt: true })).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      details: { remedy: expect.stringContaining(remedy) as string },
    });
  });

  it.each([true, false])('that an operator keeps is never taken over (asked for: %s)', async (adopt) => {
    const installations = [installation(), helm({ managedBy: 'sail-operator', revision: 'other' })];
    await expect(planned({}, { installations, adopt })).rejects.toMatchObject({
      code: 'FOREIGN_INSTALLATION',
      details: { lines: [expect.stringContaining('never adopted') as string] },
    });
  });
});

describe('an uninstall', () => {
  const uninstalled = (rest: Rest, spec: Spec = { workloads: [shop] }) =>
    planned(spec, { purpose: 'uninstall', ...rest });

  it('has no stages of Istio’s own, and says that the root of trust goes', async () => {
    const objects = workload('web');
    const found = await uninstalled({ installations: [installation({ version: '1.30.1' })], objects });
    expect(found).toMatchObject({ action: 'uninstall', version: '1.30.1', revision: '1-31-0' });
    expect(ids(found)).toEqual({ prepare: [], switchOver: [], settle: [] });
    expect(found.warnings).toEqual([expect.stringContaining('istio-ca-secret') as string]);
  });

  it('is refused while workloads outside the pattern are in the mesh', async () => {
    const objects = workload('api', { namespace: 'team-b' });
    await expect(uninstalled({ installations: [installation()], objects })).rejects.toMatchObject({
      code: 'PREFLIGHT_FAILED',
      details: { lines: ['team-b: api-0'] },
    });
  });

  it('is refused while another Istio shares the CRDs', async () => {
    const installations = [installation(), installation({ managedBy: 'helm', revision: 'other' })];
    await expect(uninstalled({ installations })).rejects.toMatchObject({ code: 'FOREIGN_INSTALLATION' });
  });

  it('leaves another’s Istio alone where ours was never there', async () => {
    const installations = [installation({ managedBy: 'helm' })];
    expect((await uninstalled({ installations })).warnings).toEqual([
      expect.stringContaining('stays as it is') as string,
    ]);
  });

  it('is possible where nothing is left', async () => {
    expect(await uninstalled({})).toMatchObject({ action: 'uninstall', warnings: [] });
  });
});
