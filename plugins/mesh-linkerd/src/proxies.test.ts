import { keptAnnotation, type KubernetesObject } from '@meshwright/model';
import { beforeAll, describe, expect, it } from 'vitest';
import { meshedWorkloads, outdatedWorkloads, reissuedParts } from './enrollment.ts';
import { planningContext, pod, secret, statefulSet, version } from './test-support/objects.ts';
import { type KeyPair, makeAnchor, makeIssuer } from './trust/certificates.ts';
import { revisionOf } from './trust/live.ts';

const bundle = 'PEM';
const since = '2026-05-01T12:00:00Z';
let issuer: KeyPair;
let revision: string;
beforeAll(async () => {
  issuer = await makeIssuer('i', await makeAnchor('root'));
  revision = revisionOf(bundle, { certificate: issuer.certificate, mark: 'x' });
});

function issuerSecret(certificate = issuer.certificate): KubernetesObject {
  const managedFields = [{ manager: 'meshwright', operation: 'Apply', time: since }];
  const annotations = { [keptAnnotation]: 'linkerd-issuer-1@x' };
  return secret(
    'linkerd-identity-issuer',
    'kubernetes.io/tls',
    { 'tls.crt': certificate },
    { annotations, managedFields },
  );
}

async function outdated(objects: KubernetesObject[], wanted = { version, revision }): Promise<string[]> {
  const { cluster } = planningContext({ objects: [statefulSet('web'), issuerSecret(), ...objects] });
  return (await outdatedWorkloads(['shop'], wanted, cluster)).map(({ name }) => name);
}

const late = '2026-05-01T12:00:00Z';
const of = { owner: 'web', bundle, created: late };

describe('a workload', () => {
  it('stays as it is when its proxies are as wanted', async () => {
    expect(await outdated([pod('web-0', of)])).toEqual([]);
  });

  it.each([
    ['has no proxy', { proxy: false }],
    ['is of another version', { of: 'edge-26.7.2' }],
    ['believes other anchors', { bundle: 'other' }],
    ['is older than the issuer', { created: '2026-05-01T11:59:59Z' }],
  ])('restarts when one of its pods %s', async (_what, options) => {
    expect(await outdated([pod('web-0', of), pod('web-1', { ...of, ...options })])).toEqual(['web']);
  });

  it('restarts before another issuer is there at all', async () => {
    const next = revisionOf(bundle, { certificate: 'another', mark: 'x' });
    expect(await outdated([pod('web-0', of)], { version, revision: next })).toEqual(['web']);
  });

  it('does not restart for an issuer of somebody else, who renews it as they like', async () => {
    const wanted = { version, revision: revisionOf(bundle, undefined) };
    expect(await outdated([pod('web-0', { ...of, created: '2020-01-01T00:00:00Z' })], wanted)).toEqual([]);
  });

  it('that opts out restarts only to get rid of a proxy from before', async () => {
    const optsOut = { annotations: { 'linkerd.io/inject': 'disabled' } };
    const { cluster } = planningContext({
      objects: [statefulSet('out', optsOut), pod('out-0', { owner: 'out', proxy: false })],
    });
    expect(await outdatedWorkloads(['shop'], { version, revision }, cluster)).toEqual([]);
  });

  it('is in the mesh when one of its pods has a proxy', async () => {
    const { cluster } = planningContext({
      objects: [statefulSet('web'), statefulSet('db'), pod('web-0', of)],
    });
    expect((await meshedWorkloads(['shop'], cluster)).map(({ name }) => name)).toEqual(['web']);
  });
});

describe('the control plane', () => {
  const part = (name: string, created: string) => [
    statefulSet(name, { namespace: 'linkerd' }),
    pod(`${name}-0`, { namespace: 'linkerd', owner: name, bundle, created }),
  ];
  const early = '2026-05-01T11:00:00Z';

  it('restarts once a new issuer signs, but for what signs itself', async () => {
    const objects = [
      issuerSecret(),
      ...['linkerd-destination', 'linkerd-identity'].flatMap((name) => part(name, early)),
      ...part('linkerd-proxy-injector', late),
    ];
    const { cluster } = planningContext({ objects });
    expect((await reissuedParts(revision, cluster)).map(({ name }) => name)).toEqual(['linkerd-destination']);
  });

  it('does not restart for its first issuer, nor for one of somebody else', async () => {
    const { cluster } = planningContext({ objects: part('linkerd-destination', early) });
    expect(await reissuedParts(revisionOf(bundle, undefined), cluster)).toEqual([]);
    expect(await reissuedParts(revision, planningContext().cluster)).toEqual([]);
  });
});
