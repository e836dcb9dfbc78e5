import { keptAnnotation, type KubernetesObject } from '@meshwright/model';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  component,
  planningContext,
  pod,
  secret,
  statefulSet,
  trustRoots,
  verifyChange,
} from '../test-support/objects.ts';
import { type KeyPair, makeAnchor, makeIssuer, makeServer } from '../trust/certificates.ts';
import { revisionOf } from '../trust/live.ts';
import { callees } from '../trust/webhooks.ts';
import { verify } from './verify.ts';

let anchor: KeyPair;
let issuer: KeyPair;
let server: KeyPair;
let revision: string;
let mesh: KubernetesObject[];
beforeAll(async () => {
  anchor = await makeAnchor('root');
  issuer = await makeIssuer('identity', anchor);
  server = await makeServer('x');
  revision = revisionOf(anchor.certificate, { certificate: issuer.certificate, mark: 'x' });
  mesh = healthyMesh();
});

const since = '2026-05-01T12:00:00Z';

function healthyMesh(): KubernetesObject[] {
  const services = [
    'linkerd-identity',
    'linkerd-dst',
    'linkerd-policy',
    'linkerd-sp-validator',
    'linkerd-policy-validator',
    'linkerd-proxy-injector',
  ];
  const own = callees.filter(({ chart }) => chart === 'linkerd-control-plane');
  return [
    ...['linkerd-destination', 'linkerd-identity', 'linkerd-proxy-injector'].map((name) => component(name)),
    ...services.map(slice),
    trustRoots(anchor.certificate),
    secret(
      'linkerd-identity-issuer',
      'kubernetes.io/tls',
      { 'tls.crt': issuer.certificate },
      {
        annotations: { [keptAnnotation]: 'linkerd-issuer-1@x' },
        managedFields: [{ manager: 'meshwright', operation: 'Apply', time: since }],
      },
    ),
    ...own.map((each) => secret(each.secret, 'kubernetes.io/tls', { 'tls.crt': server.certificate })),
    ...own.map(({ caller }) => ({
      apiVersion: caller.apiVersion,
      kind: caller.kind,
      metadata: { name: caller.name },
      webhooks: [
        { name: 'x', clientConfig: { caBundle: Buffer.from(server.certificate).toString('base64') } },
      ],
    })),
    statefulSet('web'),
    pod('web-0', { owner: 'web', bundle: anchor.certificate, created: since }),
  ];
}

function slice(service: string): KubernetesObject {
  const labels = { 'kubernetes.io/service-name': service };
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${service}-1`, namespace: 'linkerd', labels },
    endpoints: [{ conditions: { ready: true } }],
  };
}

/** The healthy mesh with other objects in the place of those of their kind and name. */
function meshWith(...objects: KubernetesObject[]): KubernetesObject[] {
  const key = ({ kind, metadata }: KubernetesObject) => `${kind}/${metadata.name}`;
  const replaced = new Set(objects.map(key));
  return [...mesh.filter((object) => !replaced.has(key(object))), ...objects];
}

const look = (objects: KubernetesObject[], stage = 'verify', missingKinds: string[] = []) =>
  verify(stage, verifyChange(revision, 'shop'), planningContext({ objects, missingKinds }));

describe('a mesh in which all is well', () => {
  it('is healthy in each of its stages', async () => {
    for (const stage of ['crds', 'control-plane', 'reissue', 'verify'])
      expect(await look(mesh, stage)).toMatchObject({ state: 'healthy' });
    expect(await look(mesh)).toMatchObject({
      note: expect.stringContaining('1 of 1 proxy is ready') as string,
    });
  });

  it('says so where nobody is enrolled, or nothing runs', async () => {
    const context = planningContext({ objects: mesh });
    expect(await verify('verify', verifyChange(revision), context)).toMatchObject({
      note: expect.stringContaining('enrolls no workloads') as string,
    });
    expect(await verify('verify', verifyChange(revision, 'empty'), context)).toMatchObject({
      note: expect.stringContaining('no pod runs in empty') as string,
    });
  });
});

describe('what is waited for', () => {
  const waits = async (objects: KubernetesObject[], text: string) => {
    const verification = await look(objects);
    expect(verification).toMatchObject({ state: 'waiting' });
    expect(JSON.stringify(verification)).toContain(text);
  };

  it('is each part of the control plane, in its version and with somebody behind its Services', async () => {
    await waits(
      meshWith(component('linkerd-identity', { available: false })),
      'linkerd-identity is not available',
    );
    await waits(meshWith(component('linkerd-identity', { of: 'edge-26.7.2' })), 'is of 2026.7.2');
    await waits(
      mesh.filter(({ metadata }) => metadata.name !== 'linkerd-destination'),
      'linkerd-destination is not there',
    );
    await waits(
      mesh.filter(({ metadata }) => metadata.name !== 'linkerd-policy-1'),
      'linkerd-policy has no ready endpoint',
    );
  });

  it('is every pod’s proxy: there, ready, of this version, trust and issuer', async () => {
    const web = (options: Parameters<typeof pod>[1]) =>
      meshWith(pod('web-0', { owner: 'web', bundle: anchor.certificate, created: since, ...options }));
    await waits(web({ proxy: false }), 'has no proxy');
    await waits(web({ ready: false }), 'is not ready');
    await waits(web({ of: 'edge-26.7.2' }), 'of edge-26.7.2');
    await waits(web({ bundle: 'other' }), 'other trust anchors');
    await waits(web({ created: '2026-05-01T11:00:00Z' }), 'another issuer');
    await waits(meshWith(statefulSet('web', { replicas: 2 })), 'has 1 of 2 pods');
  });

  it('is a certificate that the API server knows', async () => {
    const other = await makeServer('x');
    const shown = secret('linkerd-proxy-injector-k8s-tls', 'kubernetes.io/tls', {
      'tls.crt': other.certificate,
    });
    await waits(meshWith(shown), 'does not know');
    await waits(
      mesh.filter(({ metadata }) => metadata.name !== 'linkerd-sp-validator-k8s-tls'),
      'holds no certificate',
    );
  });

  it('is the bundle and the issuer themselves', async () => {
    await waits(
      mesh.filter(({ metadata }) => metadata.name !== 'linkerd-identity-trust-roots'),
      'linkerd-identity-trust-roots is not there',
    );
    const both = `${anchor.certificate}${(await makeAnchor('other')).certificate}`;
    await waits(meshWith(trustRoots(both)), 'other trust anchors than planned');
  });

  it('is a kind that is not served yet', async () => {
    const verification = await look(mesh, 'crds', ['gateway.networking.k8s.io/v1/HTTPRoute']);
    expect(verification).toMatchObject({ state: 'waiting', for: [expect.stringContaining('HTTPRoute')] });
  });

  it('is an extension that is there, and a Deployment of one that was just applied', async () => {
    const viz = component('web', { available: false, metadata: { namespace: 'linkerd-viz' } });
    await waits([...mesh, viz], 'linkerd-viz/web is not available');
    expect(await look(mesh, 'multicluster')).toMatchObject({
      state: 'waiting',
      for: ['a Deployment in linkerd-multicluster'],
    });
  });
});

describe('what no waiting mends', () => {
  it('is an issuer that no anchor signed', async () => {
    const { certificate } = await makeAnchor('other');
    expect(await look(meshWith(trustRoots(certificate)))).toMatchObject({ state: 'failed' });
  });
});

it('sets what opts out, and pods that nothing restarts, aside', async () => {
  const verification = await look([
    ...mesh,
    statefulSet('out', { annotations: { 'linkerd.io/inject': 'disabled' } }),
    pod('out-0', { owner: 'out', proxy: false }),
    pod('lone', { proxy: false }),
  ]);
  expect(verification).toMatchObject({
    state: 'healthy',
    note: expect.stringContaining('not in the mesh: StatefulSet shop/out opts out, pod shop/lone') as string,
  });
});

it('knows its own stages only', async () => {
  await expect(look(mesh, 'tag')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
});
