import { Pod } from '@meshwright/plugin-sdk';
import { describe, expect, it } from 'vitest';
import { difference, isOptedOut, proxyRevision } from './sidecar.ts';
import { podOf, proxyImage, revision } from './test-support/objects.ts';

interface Written {
  annotations?: Record<string, string>;
  labels?: Record<string, string>;
  proxy?: string;
}

function pod({ annotations = {}, labels = {}, proxy = proxyImage }: Written): Pod {
  const object = podOf('web-0', 'shop', undefined, { proxy });
  return Pod.parse({ ...object, metadata: { ...object.metadata, annotations, labels } });
}

const status = (text: string) => ({ 'sidecar.istio.io/status': text });

describe('the revision of a proxy', () => {
  it.each<[string, Written, string | undefined]>([
    ['what injection wrote down', { annotations: status('{"revision":"1-30-0"}') }, '1-30-0'],
    [
      'what injection wrote down, whatever tag the pod names',
      { annotations: status('{"revision":"1-30-0"}'), labels: { 'istio.io/rev': 'prod' } },
      '1-30-0',
    ],
    ['the annotation where its status has none', { annotations: { 'istio.io/rev': '1-30-0' } }, '1-30-0'],
    ['the label of a gateway that was not injected', { labels: { 'istio.io/rev': '1-30-0' } }, '1-30-0'],
    ['unknown from a status that is no JSON', { annotations: status('{') }, undefined],
    ['unknown from a status without a revision', { annotations: status('{"containers":[]}') }, undefined],
  ])('is %s', (_name, written, expected) => {
    expect(proxyRevision(pod(written))).toBe(expected);
  });

  it('is none without a proxy, whatever the pod says', () => {
    const plain = Pod.parse(podOf('web-0', 'shop', undefined));
    plain.metadata.annotations = status('{"revision":"1-30-0"}');
    expect(proxyRevision(plain)).toBeUndefined();
  });
});

describe('a proxy', () => {
  const wanted = { version: '1.31.0', revision };

  it.each<[string, Written, string | undefined]>([
    [
      'of the wanted revision and version is right',
      { annotations: status(`{"revision":"${revision}"}`) },
      undefined,
    ],
    [
      'of another revision differs, though its image has the version',
      { annotations: status('{"revision":"1-30-0"}') },
      'of revision 1-30-0',
    ],
    [
      'of the revision with an older image differs: the control plane was changed in place',
      { annotations: status(`{"revision":"${revision}"}`), proxy: 'proxyv2:1.30.0' },
      'of 1.30.0',
    ],
    ['that says nothing is taken as it is', { proxy: 'localhost/proxyv2:dev' }, undefined],
  ])('%s', (_name, written, expected) => {
    expect(difference(pod(written), wanted)).toBe(expected);
  });
});

it('opts out by its label before its annotation', () => {
  const spec = { containers: [] };
  const no = { 'sidecar.istio.io/inject': 'false' };
  const yes = { 'sidecar.istio.io/inject': 'true' };
  expect(isOptedOut({ labels: yes, annotations: no }, spec)).toBe(false);
  expect(isOptedOut({ labels: no, annotations: yes }, spec)).toBe(true);
});
