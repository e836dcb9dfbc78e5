import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '@meshwright/model';
import type { MeshChange, MeshPlan } from '@meshwright/plugin-sdk';
import { fakeContext } from '@meshwright/plugin-testkit';
import { plan } from './plan.ts';
import { daemonSet, installation, meshChange, pod, settings } from './test-support/objects.ts';

const agents = (image = 'a') => ({ ...daemonSet('cilium', { image }) });

/** Plans where these objects are live, and the chart renders those. */
function planned(
  change: MeshChange,
  { live = [], rendered = [] }: { live?: KubernetesObject[]; rendered?: KubernetesObject[] } = {},
): Promise<MeshPlan> {
  const context = {
    ...fakeContext({ objects: live }),
    charts: { template: () => Promise.resolve(rendered) },
  };
  return plan(change, context);
}

function nodes(count: number): KubernetesObject[] {
  return Array.from({ length: count }, (_, index) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: `node-${index}` },
  }));
}

const from = (version: string) => ({ installations: [installation({ version })] });

describe('the way to a version', () => {
  it('is one stage where there is none, and a look at every node', async () => {
    const { prepare, switchOver, settle, ...rest } = await planned(meshChange());
    expect(rest).toMatchObject({ action: 'install', makesKindsOf: ['cilium.io'] });
    expect([rest.confirmations, rest.warnings]).toEqual([[], []]);
    expect(prepare).toEqual([]);
    expect([...switchOver, ...settle].map(({ id }) => id)).toEqual(['release', 'verify']);
  });

  it.each([
    ['1.19.7', '1.20.2', 'upgrade'],
    ['1.20.1', '1.20.2', 'upgrade'],
    ['1.20.2', '1.19.7', 'roll-back'],
  ])('begins with a check that is taken away again, from %s to %s', async (before, version, action) => {
    const result = await planned(meshChange({ version }, from(before)));
    expect(result.action).toBe(action);
    expect(result.prepare).toMatchObject([{ id: 'pre-flight', kind: 'apply', temporary: true }]);
    expect(result.warnings.join()).toMatch(/layer-7/);
    expect(result.confirmations).toEqual([]);
  });

  it('needs no check in the version that runs', async () => {
    const { action, prepare } = await planned(meshChange({}, from('1.20.2')));
    expect([action, prepare]).toEqual(['configure', []]);
  });

  it('crosses one minor version at a time, and says where to stop', async () => {
    const jump = planned(meshChange({ version: '1.22.0' }, from('1.19.7')));
    await expect(jump).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      details: { remedy: expect.stringContaining('1.19.7 -> 1.20.x -> 1.21.x -> 1.22.0') as string },
    });
  });

  it.each([
    ['a version that nobody says', installation({ version: 'unknown' }), 'UNSUPPORTED'],
    ['another namespace', installation({ namespace: 'cilium' }), 'UNSUPPORTED'],
    ['another major version', installation({ version: '2.0.0' }), 'UNSUPPORTED'],
    ['Helm, which keeps it', installation({ managedBy: 'helm' }), 'FOREIGN_INSTALLATION'],
    ['the cloud provider', installation({ managedBy: 'the cloud provider' }), 'FOREIGN_INSTALLATION'],
  ])('is refused for %s', async (_what, found, code) => {
    await expect(planned(meshChange({}, { installations: [found] }))).rejects.toMatchObject({ code });
  });

  it('is refused while two DaemonSets of agents are on the nodes', async () => {
    const installations = [installation(), installation({ namespace: 'cilium' })];
    await expect(planned(meshChange({}, { installations }))).rejects.toThrow(/more than one Cilium/);
  });

  it('takes the longer, the more nodes there are', async () => {
    const [few, many] = [await planned(meshChange()), await planned(meshChange(), { live: nodes(100) })];
    expect(many.switchOver[0]?.timeoutSeconds).toBe((few.switchOver[0]?.timeoutSeconds ?? 0) + 3_000);
  });
});

describe('settings that change', () => {
  const before = settings({ debug: 'false', 'their-own': 'x' });
  const after = settings({ debug: 'true' });
  const restarts = async (
    live: KubernetesObject[],
    rendered: KubernetesObject[],
    change = meshChange({}, from('1.20.2')),
  ) => ((await planned(change, { live, rendered })).switchOver[0]?.restarts ?? []).map(({ name }) => name);

  it('restart who reads them, where nothing else does', async () => {
    expect(await restarts([before, agents()], [after, agents()])).toEqual(['cilium']);
  });

  it('restart nobody whose image is another, or who carries their checksum', async () => {
    expect(await restarts([before, agents()], [after, agents('b')])).toEqual([]);
    const checked = agents();
    const template = (checked.spec as { template: object }).template;
    const annotations = { 'cilium.io/cilium-configmap-checksum': 'c' };
    const rolling = { ...checked, spec: { template: { ...template, metadata: { annotations } } } };
    expect(await restarts([before, agents()], [after, rolling])).toEqual([]);
  });

  it('are not what others added by hand, and are what we had applied and no longer do', async () => {
    const same = settings({ debug: 'false' });
    expect(await restarts([before, agents()], [same, agents()])).toEqual([]);
    const managedFields = [{ manager: 'meshwright', fieldsV1: { 'f:data': { 'f:their-own': {} } } }];
    const applied = settings({ debug: 'false', 'their-own': 'x' }, { managedFields });
    expect(await restarts([applied, agents()], [same, agents()])).toEqual(['cilium']);
  });

  it('keep Cilium from being adopted', async () => {
    const adopting = meshChange({}, { installations: [installation({ managedBy: 'helm' })], adopt: true });
    await expect(planned(adopting, { live: [before], rendered: [after] })).rejects.toMatchObject({
      code: 'PREFLIGHT_FAILED',
      details: { lines: ['debug: "false" -> "true"'] },
    });
    const same = { live: [before], rendered: [settings({ debug: 'false' })] };
    const { action, confirmations, switchOver } = await planned(adopting, same);
    expect([action, confirmations, switchOver[0]?.restarts]).toEqual(['adopt', [], []]);
  });
});

describe('a cluster with another network', () => {
  const calico = daemonSet('calico-node');

  it('asks a person before Cilium comes to it', async () => {
    const { confirmations } = await planned(meshChange(), { live: [calico] });
    expect(confirmations).toEqual([expect.stringContaining('another CNI plugin (Calico)')]);
  });

  it('asks nobody where Cilium is chained to it, or runs already', async () => {
    const chained = meshChange({ values: { cilium: { cni: { chainingMode: 'generic-veth' } } } });
    expect((await planned(chained, { live: [calico] })).confirmations).toEqual([]);
    expect((await planned(meshChange({}, from('1.20.2')), { live: [calico] })).confirmations).toEqual([]);
  });
});

describe('a warning', () => {
  it('is told of a version that was not tried, and of what Cilium will remove', async () => {
    const { warnings } = await planned(
      meshChange({ version: '1.21.0', components: ['mutual-authentication'] }),
    );
    expect(warnings.join()).toMatch(/newer than 1\.20.*SPIRE is deprecated/);
  });
});

describe('taking it away', () => {
  const uninstalling = meshChange({}, { ...from('1.20.2'), purpose: 'uninstall' });
  const pods = [pod('a'), pod('b'), pod('c', { host: true })];
  const proxy = daemonSet('kube-proxy');

  it('has to be confirmed with what stops working', async () => {
    const live = [...pods, settings({ 'enable-wireguard': 'true', 'enable-gateway-api': 'true' })];
    const { action, confirmations, warnings } = await planned(uninstalling, { live });
    expect(action).toBe('uninstall');
    expect(confirmations).toEqual([
      expect.stringContaining('network of 2 pods'),
      expect.stringContaining('no DaemonSet kube-proxy'),
      expect.stringContaining('enforced by nobody'),
      expect.stringContaining('plain text'),
      expect.stringContaining('Gateways'),
    ]);
    expect(warnings.join()).toMatch(/post-uninstall-cleanup/);
  });

  it('does not warn of what it does not do on this cluster', async () => {
    const { confirmations } = await planned(uninstalling, { live: [...pods, proxy] });
    expect(confirmations).toHaveLength(2);
  });

  it('is nothing where there is none, and leaves that of others', async () => {
    const none = await planned(meshChange({}, { purpose: 'uninstall' }));
    expect([none.confirmations, none.warnings]).toEqual([[], []]);
    const theirs = [installation({ managedBy: 'helm' })];
    const left = await planned(meshChange({}, { purpose: 'uninstall', installations: theirs }));
    expect(left.warnings).toEqual(['Cilium 1.20.2 in kube-system, kept by helm stays as it is.']);
  });
});
