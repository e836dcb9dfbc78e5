import { describe, expect, it } from 'vitest';
import type { KubernetesObject, MeshSpec } from '@meshwright/model';
import { fakeContext } from '@meshwright/plugin-testkit';
import { custom, daemonSet, installation, meshChange } from '../test-support/objects.ts';
import { preflight } from './preflight.ts';

async function look(mesh: Partial<MeshSpec>, objects: KubernetesObject[] = []) {
  return preflight(meshChange(mesh), fakeContext({ objects }).cluster);
}

/** The state of the check with this title, with its note. */
async function stateOf(title: RegExp, mesh: Partial<MeshSpec>, objects: KubernetesObject[] = []) {
  const check = (await look(mesh, objects)).find((each) => title.test(each.title));
  return `${check?.state ?? ''}: ${check?.note ?? ''}`;
}

function refusal(lines: RegExp) {
  return { code: 'PREFLIGHT_FAILED', details: { lines: [expect.stringMatching(lines) as string] } };
}

describe('Kubernetes', () => {
  it.each([
    ['1.20.2', /^passed/],
    ['1.19.7', /^warning: Cilium 1\.19\.7 is tested with Kubernetes 1\.32 to 1\.35/],
    ['1.21.0', /^warning: nothing is known/],
  ])('1.36 is judged for Cilium %s', async (version, state) => {
    expect(await stateOf(/Kubernetes/, { version })).toMatch(state);
  });
});

describe('Services', () => {
  const replaced = { cilium: { kubeProxyReplacement: true, k8sServiceHost: '10.0.0.1' } };

  it('are served by kube-proxy, or by Cilium that finds the API server by its address', async () => {
    expect(await stateOf(/Services/, {}, [daemonSet('kube-proxy')])).toMatch(/^passed/);
    expect(await stateOf(/Services/, { values: replaced })).toMatch(/^passed/);
    expect(await stateOf(/Services/, {})).toMatch(/^warning: .*kubeProxyReplacement.*k8sServiceHost/);
  });
});

describe('IPsec', () => {
  const values = { cilium: { encryption: { enabled: true, type: 'ipsec' } } };

  it('needs its keys, which WireGuard does not', async () => {
    await expect(look({ values })).rejects.toMatchObject(refusal(/cilium-ipsec-keys is not there/));
    const metadata = { name: 'cilium-ipsec-keys', namespace: 'kube-system' };
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata };
    expect(await stateOf(/encryption/, { values }, [secret])).toMatch(/^passed/);
    const wireguard = { cilium: { encryption: { enabled: true, type: 'wireguard' } } };
    expect(await stateOf(/encryption/, { values: wireguard })).toMatch(/^passed/);
  });
});

describe('the Gateway API', () => {
  const mesh = { components: ['gateway-api'], values: { cilium: { kubeProxyReplacement: true } } };
  const plurals = ['gatewayclasses', 'gateways', 'httproutes', 'referencegrants', 'grpcroutes'];
  const definitions = (release: string, more: string[] = []) =>
    [...plurals, ...more].map((plural) => ({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: {
        name: `${plural}.gateway.networking.k8s.io`,
        annotations: { 'gateway.networking.k8s.io/bundle-version': release },
      },
    }));

  it('has to be there in the release that this Cilium needs', async () => {
    const newest = definitions('v1.6.1', ['backendtlspolicies', 'tlsroutes']);
    expect(await stateOf(/Gateway/, mesh, newest)).toMatch(/^passed/);
    await expect(look(mesh, newest.slice(1))).rejects.toMatchObject(
      refusal(/^gatewayclasses\..* is not there: install the Gateway API 1\.6\.1/),
    );
    const old = definitions('v1.4.1', ['backendtlspolicies', 'tlsroutes']);
    await expect(look(mesh, old)).rejects.toMatchObject({ code: 'PREFLIGHT_FAILED' });
    expect(await stateOf(/Gateway/, { ...mesh, version: '1.19.7' }, definitions('v1.4.1'))).toMatch(
      /^passed/,
    );
  });

  it('needs Cilium in the place of kube-proxy, and is not asked about where nobody wants it', async () => {
    const newest = definitions('v1.6.1', ['backendtlspolicies', 'tlsroutes']);
    await expect(look({ components: ['gateway-api'] }, newest)).rejects.toMatchObject(
      refusal(/kubeProxyReplacement/),
    );
    expect(await stateOf(/Gateway/, {})).toBe('passed: not needed');
  });
});

describe('policies', () => {
  const kafka = {
    spec: { ingress: [{ toPorts: [{ rules: { kafka: [{ role: 'produce' }] } }] }] },
    metadata: { name: 'queue', namespace: 'shop' },
  };
  const http = { spec: { egress: [{ toPorts: [{ rules: { http: [{}] } }] }, {}] } };

  it('of rules that 1.20 has no more are refused there, and read before', async () => {
    const live = [custom('CiliumNetworkPolicy', 'queue', kafka)];
    await expect(look({}, live)).rejects.toMatchObject(
      refusal(/CiliumNetworkPolicy shop\/queue has rules of kafka/),
    );
    expect(await stateOf(/Policies/, { version: '1.19.7' }, live)).toBe('passed: 1 policies');
  });

  it('of the pattern count like those of the cluster, and others are left alone', async () => {
    const held = custom('CiliumClusterwideNetworkPolicy', 'all', { specs: [kafka.spec] });
    const change = meshChange({}, { snapshot: { resources: [held] } });
    await expect(preflight(change, fakeContext().cluster)).rejects.toMatchObject(
      refusal(/all has rules of kafka/),
    );
    const strange = [
      custom('CiliumNetworkPolicy', 'a', http),
      custom('CiliumNetworkPolicy', 'b', { spec: 5 }),
    ];
    expect(await stateOf(/Policies/, {}, strange)).toBe('passed: 2 policies');
  });
});

it('looks at what an installation of ours has, too', async () => {
  const change = meshChange({}, { installations: [installation()] });
  expect(await preflight(change, fakeContext().cluster)).toHaveLength(5);
});
