import { describe, expect, it } from 'vitest';
import type { Installation } from '@meshwright/plugin-sdk';
import { plan } from './plan.ts';
import { fakeContext } from './test-support/fake-cluster.ts';
import { installation, snapshot } from './test-support/objects.ts';

type Spec = Parameters<typeof snapshot>[0];

function planned(spec: Spec = {}, installations: Installation[] = []) {
  return plan({ snapshot: snapshot(spec), installations }, fakeContext());
}

const shop = { namespace: 'shop', enroll: true, manifests: [] };

describe('a plan', () => {
  it('installs on a cluster without Istio', async () => {
    const { action, before, after, warnings } = await planned();
    expect(action).toBe('install');
    expect(before.map(({ id }) => id)).toEqual(['crds', 'control-plane']);
    expect(after.map(({ id }) => id)).toEqual(['verify']);
    expect(warnings).toEqual([]);
  });

  it('puts the CNI agent before the control plane, the gateway behind it, and policies behind the workloads', async () => {
    const { before, after } = await planned({
      mesh: { components: ['gateway', 'cni'] },
      security: { mtls: 'strict' },
      workloads: [shop],
    });
    expect(before.map(({ id }) => id)).toEqual(['crds', 'cni', 'control-plane', 'gateway']);
    expect(after.map(({ id }) => id)).toEqual(['security', 'verify']);
  });

  it('configures an installation of its own of the same version', async () => {
    const { action } = await planned({}, [installation()]);
    expect(action).toBe('configure');
  });

  it('shows what is wrong with the installation it found', async () => {
    const { warnings } = await planned({}, [installation({ healthy: false, notes: ['istiod is away.'] })]);
    expect(warnings).toEqual(['istiod is away.']);
  });

  it.each(['1.30.0', '1.32.0'])(
    'refuses to go from version %s to another, and says what to do',
    async (version) => {
      await expect(planned({}, [installation({ version })])).rejects.toMatchObject({
        code: 'UNSUPPORTED',
        message: expect.stringContaining('upgrades are not in this release') as string,
        details: { remedy: expect.stringContaining(version) as string },
      });
    },
  );

  it.each<[string, Installation[]]>([
    ['another revision', [installation({ revision: 'canary' })]],
    ['another namespace', [installation({ namespace: 'mesh' })]],
    ['two control planes', [installation(), installation({ revision: 'canary' })]],
    ['ambient mode', [installation({ mode: 'ambient' })]],
    ['an unknown version', [installation({ version: 'unknown' })]],
  ])('refuses an installation of its own with %s', async (_name, installations) => {
    await expect(planned({}, installations)).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      details: { remedy: expect.stringMatching(/./) as string },
    });
  });

  it.each(['helm', 'istioctl', 'argocd', 'unknown'])(
    'refuses an installation that %s keeps, also of the same version',
    async (managedBy) => {
      await expect(planned({}, [installation({ managedBy })])).rejects.toMatchObject({
        code: 'FOREIGN_INSTALLATION',
        message: expect.stringContaining(managedBy) as string,
        details: { remedy: expect.stringContaining('Uninstall it') as string },
      });
    },
  );

  it('refuses an operator’s installation even beside its own', async () => {
    const installations = [installation(), installation({ managedBy: 'sail-operator', revision: 'other' })];
    await expect(planned({}, installations)).rejects.toMatchObject({
      code: 'FOREIGN_INSTALLATION',
      details: { lines: [expect.stringContaining('never adopted') as string] },
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
