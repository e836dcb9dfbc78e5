import type { KubernetesObject } from '@meshwright/model';
import { Pod } from '@meshwright/plugin-sdk';
import { beforeAll, describe, expect, it } from 'vitest';
import { pod } from '../test-support/objects.ts';
import { type KeyPair, makeAnchor, makeIssuer } from './certificates.ts';
import type { LiveIssuer } from './live.ts';
import { expiryCheck, refuseUnsafeRotation } from './rotation.ts';

let anchors: [KeyPair, KeyPair];
let issuers: [KeyPair, KeyPair];
beforeAll(async () => {
  anchors = [await makeAnchor('root'), await makeAnchor('root')];
  issuers = [await makeIssuer('i', anchors[0]), await makeIssuer('i', anchors[1])];
});

type Number = 1 | 2;
const bundleOf = (numbers: readonly Number[]) =>
  numbers.map((number) => anchors[number - 1]?.certificate.trim()).join('\n');
const since = '2026-05-01T12:00:00Z';

function rotate(
  from: { anchors: Number[]; issuer: Number },
  to: { anchors: Number[]; issuer: Number },
  pods: readonly KubernetesObject[] = [],
): () => void {
  const issuer: LiveIssuer = {
    scheme: 'kubernetes.io/tls',
    certificate: issuers[from.issuer - 1]?.certificate ?? '',
    mark: 'linkerd-issuer-1@x',
    appliedAt: Date.parse(since),
    object: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' } },
  };
  return () => {
    refuseUnsafeRotation({
      wanted: {
        believed: bundleOf(to.anchors),
        issuer: { scheme: 'kubernetes.io/tls', certificate: issuers[to.issuer - 1]?.certificate ?? '' },
      },
      live: { bundle: bundleOf(from.anchors), issuer },
      pods: pods.map((object) => Pod.parse(object)),
    });
  };
}

const state = (numbers: Number[], issuer: Number) => ({ anchors: numbers, issuer });
const late = '2026-05-01T12:00:05Z';
const early = '2026-05-01T11:59:59Z';

describe('Linkerd’s order of a rotation', () => {
  it.each([
    ['nothing', state([1], 1), state([1], 1)],
    ['a further anchor', state([1], 1), state([1, 2], 1)],
    ['the issuer', state([1, 2], 1), state([1, 2], 2)],
    ['without the old anchor', state([1, 2], 2), state([2], 2)],
    ['back to one anchor', state([1, 2], 1), state([1], 1)],
    ['back to the old issuer', state([1, 2], 2), state([1, 2], 1)],
  ])('takes each step: %s', (_what, from, to) => {
    expect(rotate(from, to, [pod('web', { bundle: bundleOf(from.anchors), created: late })])).not.toThrow();
  });

  it.each([
    ['all at once', state([1], 1), state([2], 2), 'do not believe yet'],
    ['anchor and issuer at once', state([1], 1), state([1, 2], 2), 'do not believe yet'],
    ['the issuer and without its anchor', state([1, 2], 1), state([2], 2), 'in the same change'],
    ['without the anchor of the issuer', state([1, 2], 1), state([2], 1), 'signed by none'],
  ])('takes no two together: %s', (_what, from, to, message) => {
    expect(rotate(from, to)).toThrow(message);
  });
});

describe('pods that a step would cut off', () => {
  it('keep the issuer from changing while they do not believe every anchor', () => {
    const behind = pod('behind', { namespace: 'elsewhere', bundle: bundleOf([1]) });
    expect(rotate(state([1, 2], 1), state([1, 2], 2), [behind])).toThrow(
      expect.objectContaining({
        details: expect.objectContaining({ lines: ['elsewhere: behind'] }) as object,
      }),
    );
  });

  it('keep an anchor from going while they are older than the issuer, also in the control plane', () => {
    for (const namespace of ['elsewhere', 'linkerd']) {
      const old = pod('old', { namespace, bundle: bundleOf([1, 2]), created: early });
      expect(rotate(state([1, 2], 2), state([2], 2), [old])).toThrow('older than the issuer');
    }
  });

  it('do not count in the control plane before the issuer changes, for it restarts by itself', () => {
    const own = pod('own', { namespace: 'linkerd', bundle: bundleOf([1]) });
    expect(rotate(state([1, 2], 1), state([1, 2], 2), [own])).not.toThrow();
  });
});

it('tells before anything changes that what is given holds no certificate', () => {
  const nothing = {
    believed: 'nothing',
    issuer: { scheme: 'kubernetes.io/tls' as const, certificate: 'nothing' },
  };
  expect(() => {
    refuseUnsafeRotation({ wanted: nothing, live: { bundle: undefined, issuer: undefined }, pods: [] });
  }).toThrow('hold no certificate');
});

describe('the time that is left', () => {
  const day = 24 * 60 * 60 * 1000;
  const wanted = () => ({
    believed: bundleOf([1]),
    issuer: { scheme: 'kubernetes.io/tls' as const, certificate: issuers[0].certificate },
  });

  it('is said, warned of, and refused once it is over', () => {
    const now = Date.now();
    expect(expiryCheck(wanted(), now)).toMatchObject({ state: 'passed' });
    expect(expiryCheck(wanted(), now + 320 * day)).toMatchObject({ state: 'warning' });
    expect(() => expiryCheck(wanted(), now + 366 * day)).toThrow('issuer');
  });
});
