import type { MeshSpec } from '@meshwright/model';
import { describe, expect, it } from 'vitest';
import { meshSpec } from './test-support/objects.ts';
import { validate } from './validate.ts';

const fieldsOf = (mesh: Partial<MeshSpec>) => validate(meshSpec(mesh)).map(({ field }) => field);
const controlPlane = (values: Record<string, unknown>) => ({ values: { 'linkerd-control-plane': values } });
const given = { identityTrustAnchorsPEM: 'PEM', identity: { issuer: { scheme: 'kubernetes.io/tls' } } };

describe('a mesh section', () => {
  it('is fine with every component, trust and ordinary values', () => {
    const mesh = {
      components: ['viz', 'multicluster'],
      trust: { anchors: [1, 2], issuer: 1 },
      values: {
        'linkerd-crds': { installGatewayAPI: false },
        'linkerd-control-plane': { controllerReplicas: 3, linkerdVersion: 'edge-26.8.3' },
        'linkerd-viz': { defaultLogLevel: 'warn' },
        'linkerd-multicluster': { gateway: { enabled: false } },
      },
    };
    expect(fieldsOf(mesh)).toEqual([]);
  });

  it.each([
    ['2.14.10', 'edge releases'],
    ['26.8.3', 'Did you mean 2026.8.3?'],
    ['2025.1.1', 'older'],
    ['edge', 'not a version'],
  ])('is refused with the version %s', (version, said) => {
    const [problem] = validate(meshSpec({ version }));
    expect(problem?.field).toBe('mesh.version');
    expect(`${problem?.message} ${problem?.suggestion}`).toContain(said);
  });

  it('is told the name of a chart or component that was meant', () => {
    const problems = validate(
      meshSpec({ components: ['linkerd-viz', 'jaeger'], values: { linkerd2: {}, zoo: {} } }),
    );
    expect(problems.map(({ suggestion }) => suggestion)).toEqual([
      'Did you mean "viz"?',
      'There are viz, multicluster.',
      'Did you mean "linkerd-control-plane"?',
      expect.stringContaining('Charts are linkerd-crds'),
    ]);
  });

  it('is refused with values of an extension that is not installed', () => {
    expect(fieldsOf({ values: { 'linkerd-viz': {} } })).toEqual(['mesh.values.linkerd-viz']);
  });
});

describe('keys in a repository', () => {
  it.each([
    ['linkerd-control-plane', 'identity.issuer.tls.keyPEM'],
    ['linkerd-control-plane', 'identity.issuer.tls.crtPEM'],
    ['linkerd-control-plane', 'proxyInjector.keyPEM'],
    ['linkerd-control-plane', 'profileValidator.keyPEM'],
    ['linkerd-control-plane', 'policyValidator.keyPEM'],
    ['linkerd-viz', 'tap.keyPEM'],
    ['linkerd-viz', 'tapInjector.keyPEM'],
  ])('are refused: %s %s', (chart, path) => {
    const values = path.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), 'secret');
    const [problem] = validate(
      meshSpec({ components: ['viz'], values: { [chart]: values as Record<string, unknown> } }),
    );
    expect(problem?.field).toBe(`mesh.values.${chart}.${path}`);
    expect(JSON.stringify(problem)).not.toContain('"secret"');
  });
});

describe('where trust comes from', () => {
  it('is the pattern, with an issuer in a Secret of the cluster', () => {
    expect(fieldsOf(controlPlane(given))).toEqual([]);
    expect(
      fieldsOf(controlPlane({ identity: { externalCA: true, issuer: { scheme: 'kubernetes.io/tls' } } })),
    ).toEqual([]);
  });

  it('is not half the pattern and half Meshwright', () => {
    const scheme = 'mesh.values.linkerd-control-plane.identity.issuer.scheme';
    expect(fieldsOf(controlPlane({ identityTrustAnchorsPEM: 'PEM' }))).toEqual([scheme]);
    expect(fieldsOf(controlPlane({ identity: { issuer: { scheme: 'kubernetes.io/tls' } } }))).toEqual([
      scheme,
    ]);
    expect(fieldsOf({ ...controlPlane(given), trust: { anchors: [2], issuer: 1 } })).toEqual([
      'mesh.trust.anchors',
    ]);
  });

  it('leaves the certificates of webhooks to be renewed by number', () => {
    expect(fieldsOf({ ...controlPlane(given), trust: { anchors: [1], issuer: 2 } })).toEqual([]);
  });
});

it('refuses what the plan or the version decides', () => {
  const mesh = {
    components: ['viz'],
    values: {
      'linkerd-control-plane': {
        linkerdVersion: 'edge-26.1.1',
        cliVersion: 'me',
        proxy: { image: { version: 'v1' } },
      },
      'linkerd-viz': { linkerdNamespace: 'other', createNamespaceMetadataJob: true },
    },
  };
  expect(fieldsOf(mesh)).toEqual([
    'mesh.values.linkerd-control-plane.cliVersion',
    'mesh.values.linkerd-control-plane.linkerdVersion',
    'mesh.values.linkerd-control-plane.proxy.image.version',
    'mesh.values.linkerd-viz.linkerdNamespace',
    'mesh.values.linkerd-viz.createNamespaceMetadataJob',
  ]);
});
