import { describe, expect, it } from 'vitest';
import type { MeshSpec } from '@meshwright/model';
import { meshSpec } from './test-support/objects.ts';
import { validate } from './validate.ts';

function problems(mesh: Partial<MeshSpec>): string[] {
  return validate(meshSpec(mesh)).map(
    ({ field, message, suggestion }) => `${field}: ${message} ${suggestion ?? ''}`,
  );
}

function ofValues(cilium: Record<string, unknown>, components: string[] = []): string[] {
  return problems({ values: { cilium }, components });
}

describe('a mesh section', () => {
  it('is fine with what Cilium has', () => {
    expect(problems({ components: ['hubble', 'hubble-ui', 'mutual-authentication', 'gateway-api'] })).toEqual(
      [],
    );
    expect(
      ofValues({
        kubeProxyReplacement: true,
        k8sServiceHost: '10.0.0.1',
        upgradeCompatibility: '1.18',
        encryption: { enabled: true, type: 'wireguard' },
        hubble: { tls: { auto: { method: 'certmanager' } } },
        image: { tag: 'v1.20.2' },
      }),
    ).toEqual([]);
  });

  it.each<[string, Partial<MeshSpec>, RegExp]>([
    ['no version', { version: 'stable' }, /"stable" is not a version/],
    ['an old version', { version: '1.18.9' }, /older than 1\.19\.0/],
    [
      'a second control plane',
      { upgrade: 'canary' },
      /mesh\.upgrade: .* never runs beside the old one\. Write mesh\.upgrade: in-place\./,
    ],
    ['an unknown component', { components: ['ztunnel'] }, /There are hubble, hubble-ui/],
    ['a component by another name', { components: ['relay'] }, /Did you mean "hubble"\?/],
    ['Hubble’s pages without its relay', { components: ['hubble-ui'] }, /Add "hubble"/],
    ['an unknown chart', { values: { tetragon: {} } }, /Its only chart is "cilium"/],
  ])('is refused for %s', (_what, mesh, message) => {
    expect(problems(mesh)).toEqual([expect.stringMatching(message)]);
  });
});

describe('values', () => {
  it.each<[Record<string, unknown>, RegExp]>([
    [{ hubble: { tls: { auto: { method: 'helm' } } } }, /Write cronJob or certmanager/],
    [{ hubble: { relay: { enabled: true } } }, /it is the component "hubble"/],
    [{ gatewayAPI: { enabled: true } }, /it is the component "gateway-api"/],
    [{ preflight: { enabled: true } }, /a release of its own/],
    [{ agent: false }, /covers all of Cilium/],
    [{ namespaceOverride: 'cilium' }, /lives in kube-system/],
    [{ tls: { ca: { key: 'a2V5' } } }, /holds no secrets/],
    [{ k8sServiceHost: 'auto' }, /Write the address/],
    [{ cleanState: true }, /forget its pods/],
    [{ certgen: { ttlSecondsAfterFinished: 60 } }, /made again/],
    [{ operator: { image: { tag: 'v1.19.0' } } }, /Change mesh\.version/],
  ])('%j are refused', (values, message) => {
    expect(ofValues(values)).toEqual([expect.stringMatching(message)]);
  });

  it('never show the secret that they held', () => {
    expect(ofValues({ tls: { ca: { key: 'a2V5' } } }).join()).not.toContain('a2V5');
  });

  it('may say what their component says', () => {
    expect(ofValues({ hubble: { relay: { enabled: true } } }, ['hubble'])).toEqual([]);
    expect(ofValues({ hubble: { relay: { enabled: false } } }, ['hubble'])).toHaveLength(1);
  });
});
