import { beforeAll, describe, expect, it } from 'vitest';
import { formatReference, type KubernetesObject, type MeshSpec, referenceOf } from '@meshwright/model';
import type { MeshChange, PluginContext } from '@meshwright/plugin-sdk';
import { fakeContext, realCharts } from '@meshwright/plugin-testkit';
import { firstVersionAnnotation } from './compatibility.ts';
import { stages } from './names.ts';
import { meshCilium } from './plugin.ts';
import { settingsThatChange } from './settings.ts';
import { installation, meshChange } from './test-support/objects.ts';

let context: PluginContext;

beforeAll(async () => {
  context = { ...fakeContext(), charts: await realCharts('MESHWRIGHT_TEST_CILIUM_CHARTS') };
});

const versions = ['1.19.7', '1.20.2'];
const everything: Partial<MeshSpec> = {
  components: ['hubble', 'hubble-ui', 'mutual-authentication', 'gateway-api'],
  values: { cilium: { kubeProxyReplacement: true, encryption: { enabled: true, type: 'wireguard' } } },
};

/** The release of a change where these objects are live; the charts are always the real ones. */
function release(change: MeshChange, objects: KubernetesObject[] = []): Promise<KubernetesObject[]> {
  const { cluster } = fakeContext({ objects });
  return meshCilium.render(stages.release, change, { ...context, cluster, secrets: noSecrets });
}

const noSecrets = { keep: () => Promise.reject(new Error('Cilium keeps no secrets here.')) };

function names(objects: readonly KubernetesObject[]): string[] {
  return objects.map((object) => formatReference(referenceOf(object)));
}

function find(objects: readonly KubernetesObject[], kind: string, name: string): KubernetesObject {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
  if (found === undefined) throw new Error(`There is no ${kind} ${name} among ${names(objects).join(', ')}.`);
  return found;
}

function setting(objects: readonly KubernetesObject[], key: string): string | undefined {
  return (find(objects, 'ConfigMap', 'cilium-config').data as Record<string, string>)[key];
}

describe.each(versions)('Cilium %s', (version) => {
  it.each([
    ['as it is', {}],
    ['with everything', everything],
  ])('renders the same each time, without a Secret, %s', async (_what, mesh) => {
    const change = meshChange({ ...mesh, version });
    const first = await release(change);
    // Another cache, so that Helm runs again.
    const charts = await realCharts('MESHWRIGHT_TEST_CILIUM_CHARTS');
    const again = await meshCilium.render(stages.release, change, { ...context, charts, secrets: noSecrets });
    expect(again).toEqual(first);
    expect(first.filter(({ kind }) => kind === 'Secret')).toEqual([]);
    expect(new Set(names(first)).size).toBe(first.length);
  });

  it('has agents, proxies and an operator of its version', async () => {
    const objects = await release(meshChange({ version }));
    const image = JSON.stringify(find(objects, 'DaemonSet', 'cilium'));
    expect(image).toContain(`quay.io/cilium/cilium:v${version}`);
    find(objects, 'DaemonSet', 'cilium-envoy');
    find(objects, 'Deployment', 'cilium-operator');
    expect(names(objects).filter((name) => /hubble-(relay|ui)/.test(name))).toEqual([]);
  });

  it('has certificates of Hubble made in the cluster', async () => {
    const objects = await release(meshChange({ version, components: ['hubble'] }));
    find(objects, 'CronJob', 'hubble-generate-certs');
    const job = objects.find(({ kind }) => kind === 'Job');
    expect(job?.metadata.name).toMatch(/^hubble-generate-certs-[0-9a-f]{10}$/);
    expect(job?.spec).not.toHaveProperty('ttlSecondsAfterFinished');
  });

  it('is what its components and values say', async () => {
    const objects = await release(meshChange({ ...everything, version }));
    find(objects, 'Deployment', 'hubble-relay');
    find(objects, 'Deployment', 'hubble-ui');
    find(objects, 'StatefulSet', 'spire-server');
    find(objects, 'GatewayClass', 'cilium');
    expect(setting(objects, 'enable-gateway-api')).toBe('true');
    expect(setting(objects, 'enable-wireguard')).toBe('true');
    expect(setting(objects, 'mesh-auth-enabled')).toBe('true');
    expect(setting(objects, 'kube-proxy-replacement')).toBe('true');
  });

  it('takes IPsec with the name of its Secret only', async () => {
    const values = { cilium: { encryption: { enabled: true, type: 'ipsec' } } };
    const objects = await release(meshChange({ version, values }));
    expect(setting(objects, 'enable-ipsec')).toBe('true');
    expect(JSON.stringify(find(objects, 'DaemonSet', 'cilium'))).toContain('cilium-ipsec-keys');
  });

  it.each([
    ['alone', {}],
    ['with everything', everything],
  ])(
    'checks before an upgrade with a release that shares nothing with Cilium itself, %s',
    async (_what, mesh) => {
      const change = meshChange(
        { ...mesh, version },
        { installations: [installation({ version: '1.19.3' })] },
      );
      const objects = await meshCilium.render(stages['pre-flight'], change, {
        ...context,
        secrets: noSecrets,
      });
      expect(names(objects)).toEqual([
        'ServiceAccount kube-system/cilium-pre-flight',
        'ClusterRole cilium-pre-flight',
        'ClusterRoleBinding cilium-pre-flight',
        'DaemonSet kube-system/cilium-pre-flight-check',
        'Deployment kube-system/cilium-pre-flight-check',
      ]);
      const own = new Set(names(await release(change)));
      expect(names(objects).filter((name) => own.has(name))).toEqual([]);
      expect(JSON.stringify(objects)).toContain(`quay.io/cilium/cilium:v${version}`);
    },
  );
});

describe('what was installed first', () => {
  const xdsMode = (objects: KubernetesObject[]) => setting(objects, 'envoy-xds-mode');
  const annotation = (objects: KubernetesObject[]) =>
    find(objects, 'ConfigMap', 'cilium-config').metadata.annotations?.[firstVersionAnnotation];

  it('is written down with an installation, and keeps the defaults of its time in an upgrade', async () => {
    const fresh = await release(meshChange());
    expect([annotation(fresh), xdsMode(fresh)]).toEqual(['1.20', 'ads']);
    const first = await release(meshChange({ version: '1.19.7' }));
    expect(annotation(first)).toBe('1.19');
    const installations = [installation({ version: '1.19.7' })];
    const upgraded = await release(meshChange({}, { installations }), first);
    expect(annotation(upgraded)).toBe('1.19');
    expect(xdsMode(upgraded)).not.toBe('ads');
    const later = await release(meshChange({}, { installations: [installation()] }), upgraded);
    expect(later).toEqual(upgraded);
  });

  it('is the version that runs where nothing is written down, and what the pattern says before all', async () => {
    const installations = [installation({ version: '1.19.7' })];
    expect(annotation(await release(meshChange({}, { installations })))).toBe('1.19');
    const values = { cilium: { upgradeCompatibility: '1.18' } };
    expect(annotation(await release(meshChange({ values }, { installations })))).toBe('1.18');
  });
});

describe.each(versions)('a setting of Cilium %s', (version) => {
  const debugging = { cilium: { debug: { enabled: true } } };
  const installations = [installation({ version })];

  it('restarts the agents and the operator, which read it when they start, and only once', async () => {
    const live = await release(meshChange({ version }));
    const change = meshChange({ version, values: debugging }, { installations });
    expect(await restartsOf(change, live)).toEqual(['cilium', 'cilium-operator']);
    expect(await restartsOf(change, await release(change, live))).toEqual([]);
  });

  it('is not changed by an adoption', async () => {
    const live = await release(meshChange({ version }));
    const foreign = [installation({ version, managedBy: 'helm' })];
    const change = meshChange({ version, values: debugging }, { installations: foreign, adopt: true });
    await expect(restartsOf(change, live)).rejects.toMatchObject({
      code: 'PREFLIGHT_FAILED',
      details: { lines: ['debug: "false" -> "true"'] },
    });
  });
});

/** The names of what a plan restarts where these objects are live. */
async function restartsOf(change: MeshChange, objects: KubernetesObject[]): Promise<string[]> {
  const { cluster } = fakeContext({ objects });
  const { switchOver } = await meshCilium.plan(change, { ...context, cluster, secrets: noSecrets });
  return switchOver.flatMap(({ restarts = [] }) => restarts.map(({ name }) => name));
}

it('takes over what Helm installed with its own defaults without another setting', async () => {
  const request = {
    chart: 'cilium',
    version: '1.20.2',
    releaseName: 'cilium',
    namespace: 'kube-system',
    values: { hubble: { relay: { enabled: true } } },
    kubeVersion: '1.36.3',
    apiVersions: [],
    includeCrds: true,
  };
  const live = await context.charts.template(request);
  const change = meshChange({ components: ['hubble'] }, { installations: [installation()], adopt: true });
  const objects = await release(change, live);
  expect(await settingsThatChange(objects, fakeContext({ objects: live }).cluster)).toEqual([]);
  for (const [kind, name] of [
    ['DaemonSet', 'cilium'],
    ['DaemonSet', 'cilium-envoy'],
    ['Deployment', 'cilium-operator'],
    ['Deployment', 'hubble-relay'],
  ] as const) {
    expect(find(objects, kind, name)).toEqual(find(live, kind, name));
  }
});
