import { keptAnnotation, type MeshSpec } from '@meshwright/model';
import type { SecretsPort } from '@meshwright/plugin-sdk';
import { keptInMemory } from '@meshwright/plugin-testkit';
import { beforeEach, describe, expect, it } from 'vitest';
import { component, meshChange, planningContext, secret, trustRoots } from '../test-support/objects.ts';
import { isSignedByAny, type KeyPair, makeAnchor, makeIssuer, readCertificates } from './certificates.ts';
import { digestOf } from './digest.ts';
import { type Trust, trustOf } from './trust.ts';

let secrets: SecretsPort;
beforeEach(() => {
  secrets = keptInMemory();
});

type Objects = NonNullable<Parameters<typeof planningContext>[0]>['objects'];

function trust(mesh: Partial<MeshSpec> = {}, objects: Objects = []): Promise<Trust> {
  return trustOf(meshChange({ mesh }), planningContext({ objects }, { secrets }));
}

/** What a cluster has once a trust of ours was applied. */
async function applied({ believed, numbers, issuer }: Trust): Promise<NonNullable<Objects>> {
  const mark = issuer.secret?.metadata.annotations?.[keptAnnotation] ?? '';
  const kept = await secrets.keep(mark.slice(0, mark.lastIndexOf('@')), () =>
    Promise.reject(new Error('not kept')),
  );
  const annotations = {
    'meshwright.dev/trust': `anchors=${numbers?.anchors.join('+') ?? ''} issuer=${numbers?.issuer ?? ''}`,
  };
  return [
    trustRoots(believed, annotations),
    secret(
      'linkerd-identity-issuer',
      'kubernetes.io/tls',
      { ...kept.public, ...kept.private },
      {
        annotations: { [keptAnnotation]: mark },
      },
    ),
  ];
}

const signs = ({ believed, issuer }: Trust): boolean => {
  const [certificate] = readCertificates(issuer.certificate);
  return certificate !== undefined && isSignedByAny(certificate, readCertificates(believed));
};

describe('of a cluster without a mesh', () => {
  it('is made once: an anchor, an issuer that it signed, and a Secret without content', async () => {
    const one = await trust();
    expect(signs(one)).toBe(true);
    expect(one.issuer.scheme).toBe('kubernetes.io/tls');
    expect(one.issuer.secret).toMatchObject({ kind: 'Secret', type: 'kubernetes.io/tls' });
    expect(one.issuer.secret).not.toHaveProperty('data');
    expect(JSON.stringify(one)).not.toContain('PRIVATE KEY');
    expect(await trust()).toEqual(one);
  });

  it('stays the same when it was applied, also when what was kept of the issuer got lost', async () => {
    const one = await trust();
    const live = await applied(one);
    expect(await trust({}, live)).toEqual(one);
    const anchor = await secrets.keep('linkerd-anchor-1', () => Promise.reject(new Error()));
    secrets = keptInMemory();
    await secrets.keep('linkerd-anchor-1', () => Promise.resolve(anchor));
    const healed = await trust({}, live);
    expect(healed.issuer.certificate).toBe(one.issuer.certificate);
    expect(healed.revision).toBe(one.revision);
  });

  it('has the names of the trust domain', async () => {
    const values = {
      'linkerd-control-plane': { clusterDomain: 'one.test', identityTrustDomain: 'two.test' },
    };
    const { believed, issuer } = await trust({ values });
    expect(readCertificates(believed)[0]?.subject).toBe('CN=root.linkerd.two.test');
    expect(readCertificates(issuer.certificate)[0]?.checkHost('identity.linkerd.two.test')).toBeDefined();
  });
});

describe('another generation', () => {
  it('of the anchor stands beside the first, which still vouches for the issuer', async () => {
    const one = await trust();
    const both = await trust({ trust: { anchors: [2, 1], issuer: 1 } }, await applied(one));
    expect(readCertificates(both.believed)).toHaveLength(2);
    expect(both.believed.startsWith(one.believed)).toBe(true);
    expect(both.issuer.certificate).toBe(one.issuer.certificate);
    expect(both.revision.split('-')[1]).toBe(one.revision.split('-')[1]);
    expect(both.revision).not.toBe(one.revision);
  });

  it('of the issuer is signed by the newest anchor', async () => {
    const both = await trust({ trust: { anchors: [1, 2], issuer: 1 } });
    const next = await trust({ trust: { anchors: [1, 2], issuer: 2 } }, await applied(both));
    const [, newest] = readCertificates(next.believed);
    const [issuer] = readCertificates(next.issuer.certificate);
    expect(issuer !== undefined && newest !== undefined && isSignedByAny(issuer, [newest])).toBe(true);
    expect(next.issuer.secret?.metadata.annotations?.[keptAnnotation]).toMatch(/^linkerd-issuer-2@/);
  });
});

describe('of a mesh that somebody else installed', () => {
  let anchor: KeyPair;
  let issuer: KeyPair;
  beforeEach(async () => {
    anchor = await makeAnchor('root');
    issuer = await makeIssuer('identity', anchor);
  });

  const live = () => [
    trustRoots(anchor.certificate.trim()),
    secret('linkerd-identity-issuer', 'Opaque', { 'crt.pem': issuer.certificate, 'key.pem': issuer.key }),
    component('linkerd-identity', {
      annotations: { 'linkerd.io/trust-root-sha256': digestOf(anchor.certificate) },
    }),
  ];

  it('is taken as it is, and its issuer left alone', async () => {
    const found = await trust({}, live());
    expect(found.bundle).toBe(anchor.certificate);
    expect(found.issuer).toEqual({ scheme: 'linkerd.io/tls', certificate: issuer.certificate });
    expect(found.revision).toBe(digestOf(anchor.certificate.trim()).slice(0, 8));
  });

  it('has no key of ours, so that a new anchor comes first', async () => {
    const found = await trust({}, live());
    const objects = live();
    objects[0] = trustRoots(found.believed.trim(), { 'meshwright.dev/trust': 'anchors=1 issuer=1' });
    await expect(trust({ trust: { anchors: [1], issuer: 2 } }, objects)).rejects.toMatchObject({
      code: 'PREFLIGHT_FAILED',
    });
    const next = await trust({ trust: { anchors: [1, 2], issuer: 2 } }, objects);
    expect(signs(next)).toBe(true);
    expect(next.issuer).toMatchObject({ scheme: 'linkerd.io/tls', secret: { type: 'Opaque' } });
  });

  it('is one number at first', async () => {
    await expect(trust({ trust: { anchors: [1, 2], issuer: 1 } }, live())).rejects.toMatchObject({
      code: 'UNSUPPORTED',
    });
  });

  it('is told when its issuer got lost', async () => {
    await trust({}, live());
    await expect(trust({}, live().slice(0, 1))).rejects.toMatchObject({ code: 'PREFLIGHT_FAILED' });
  });
});

it('refuses to make an anchor anew that is in use among others', async () => {
  const bundle = [await makeAnchor('a'), await makeAnchor('b')]
    .map(({ certificate }) => certificate)
    .join('');
  const objects = [trustRoots(bundle, { 'meshwright.dev/trust': 'anchors=1+2 issuer=1' })];
  await expect(trust({ trust: { anchors: [1, 2], issuer: 1 } }, objects)).rejects.toMatchObject({
    code: 'PREFLIGHT_FAILED',
    message: expect.stringContaining('is in use') as string,
  });
});

describe('that the pattern gives', () => {
  const values = (more: Record<string, unknown>) => ({
    values: {
      'linkerd-control-plane': {
        ...more,
        identity: { issuer: { scheme: 'kubernetes.io/tls' }, externalCA: more.externalCA },
      },
    },
  });

  it('is looked at, and nothing is kept', async () => {
    secrets = { keep: () => Promise.reject(new Error('something was to be kept')) };
    const anchor = await makeAnchor('given');
    const issuer = await makeIssuer('identity', anchor);
    const live = [
      secret('linkerd-identity-issuer', 'kubernetes.io/tls', {
        'tls.crt': issuer.certificate,
        'tls.key': issuer.key,
      }),
    ];
    const given = await trust(values({ identityTrustAnchorsPEM: anchor.certificate }), live);
    expect(given).toMatchObject({ numbers: undefined, issuer: { certificate: issuer.certificate } });
    expect(given.issuer.secret).toBeUndefined();
    expect(given.revision).toBe(digestOf(anchor.certificate.trim()).slice(0, 8));
  });

  it('needs the issuer’s Secret, or with an external CA the bundle too', async () => {
    await expect(trust(values({ identityTrustAnchorsPEM: 'PEM' }))).rejects.toMatchObject({
      code: 'PREFLIGHT_FAILED',
      message: expect.stringContaining('linkerd-identity-issuer') as string,
    });
    await expect(trust(values({ externalCA: true }))).rejects.toMatchObject({
      code: 'PREFLIGHT_FAILED',
      message: expect.stringContaining('linkerd-identity-trust-roots') as string,
    });
  });
});
