import type { KubernetesObject, MeshSpec } from '@meshwright/model';
import type { SecretsPort } from '@meshwright/plugin-sdk';
import { keptInMemory } from '@meshwright/plugin-testkit';
import { beforeEach, describe, expect, it } from 'vitest';
import { meshSpec, planningContext, secret, trustRoots } from '../test-support/objects.ts';
import { makeServer, readCertificates } from './certificates.ts';
import { calleeTrust, type CalleeTrust, callees } from './webhooks.ts';

let secrets: SecretsPort;
beforeEach(() => {
  secrets = keptInMemory();
});

const chart = 'linkerd-control-plane';

function trust(mesh: Partial<MeshSpec> = {}, objects: KubernetesObject[] = []): Promise<CalleeTrust> {
  return calleeTrust(chart, meshSpec(mesh), planningContext({ objects }, { secrets }));
}

function injectorConfig(caBundle: string): KubernetesObject {
  const clientConfig = { caBundle: Buffer.from(caBundle).toString('base64') };
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name: 'linkerd-proxy-injector-webhook-config' },
    webhooks: [{ name: 'x', clientConfig }],
  };
}

const tls = 'kubernetes.io/tls';
const injectorSecret = 'linkerd-proxy-injector-k8s-tls';

it('makes every webhook a certificate of its Service’s name, once, and leaves the key out', async () => {
  const one = await trust();
  expect(Object.keys(one.values)).toEqual(['proxyInjector', 'profileValidator', 'policyValidator']);
  expect(one.secrets.map(({ metadata }) => metadata.name)).toEqual(
    callees.filter((each) => each.chart === chart).map((each) => each.secret),
  );
  for (const values of Object.values(one.values)) {
    expect(values).toMatchObject({ externalSecret: true });
    expect(readCertificates(values.caBundle as string)).toHaveLength(1);
  }
  const [certificate] = readCertificates(one.values.proxyInjector?.caBundle as string);
  expect(certificate?.checkHost('linkerd-proxy-injector.linkerd.svc')).toBeDefined();
  expect(JSON.stringify(one)).not.toContain('PRIVATE KEY');
  expect(await trust()).toEqual(one);
});

it('makes new ones with another number of the issuer', async () => {
  const one = await trust();
  const two = await trust({ trust: { anchors: [1], issuer: 2 } });
  expect(two.values.proxyInjector?.caBundle).not.toBe(one.values.proxyInjector?.caBundle);
});

it('leaves alone what the pattern gives', async () => {
  const given = {
    proxyInjector: { externalSecret: true, caBundle: 'PEM' },
    profileValidator: { injectCaFrom: 'a/b' },
  };
  const one = await trust({ values: { [chart]: given } });
  expect(Object.keys(one.values)).toEqual(['policyValidator']);
});

describe('a certificate that is in use', () => {
  it('is kept with its key where it vouches for itself, so that it can be put back', async () => {
    const { certificate, key } = await makeServer('linkerd-proxy-injector.linkerd.svc');
    const objects = [
      injectorConfig(certificate.trim()),
      secret(injectorSecret, tls, { 'tls.crt': certificate.trim(), 'tls.key': key }),
    ];
    const found = await trust({}, objects);
    expect(found.values.proxyInjector?.caBundle).toBe(certificate.trim());
    expect(found.secrets.map(({ metadata }) => metadata.name)).toContain(injectorSecret);
    const kept = await secrets.keep('linkerd-proxy-injector-1', () => Promise.reject(new Error()));
    expect(kept.private).toEqual({ 'tls.key': key });
  });

  it('stays cert-manager’s, or of an authority of its own', async () => {
    const { certificate, key } = await makeServer('x');
    const annotations = { 'cert-manager.io/certificate-name': 'x' };
    const other = await makeServer('authority');
    const cases = [
      [
        injectorConfig(certificate),
        secret(injectorSecret, tls, { 'tls.crt': certificate, 'tls.key': key }, { annotations }),
      ],
      [
        injectorConfig(other.certificate),
        secret(injectorSecret, tls, { 'tls.crt': certificate, 'tls.key': key }),
      ],
    ];
    for (const objects of cases) {
      secrets = keptInMemory();
      const found = await trust({}, objects);
      expect(found.secrets.map(({ metadata }) => metadata.name)).not.toContain(injectorSecret);
      expect(JSON.stringify(found)).not.toContain('PRIVATE');
    }
  });

  it('is not taken for one of another number', async () => {
    const { certificate, key } = await makeServer('x');
    const objects = [
      trustRoots('PEM', { 'meshwright.dev/trust': 'anchors=1 issuer=1' }),
      injectorConfig(certificate),
      secret(injectorSecret, tls, { 'tls.crt': certificate, 'tls.key': key }),
    ];
    const next = await trust({ trust: { anchors: [1], issuer: 2 } }, objects);
    expect(next.values.proxyInjector?.caBundle).not.toBe(certificate.trim());
  });
});
