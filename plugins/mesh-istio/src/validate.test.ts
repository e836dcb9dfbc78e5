import { describe, expect, it } from 'vitest';
import type { MeshSpec } from '@meshwright/model';
import { meshSpec } from './test-support/objects.ts';
import { validate } from './validate.ts';

function fields(overrides: Partial<MeshSpec>): string[] {
  return validate(meshSpec(overrides)).map(({ field }) => field);
}

describe('the mesh section of a pattern', () => {
  it('is fine with sidecars, both components and values of every chart', () => {
    const values = {
      base: { global: { istioNamespace: 'istio-system' } },
      istiod: {
        global: { hub: 'mirror.example.test/istio', tag: '1.31.0-distroless' },
        pilot: { env: { A: 'b' } },
      },
      cni: { cniBinDir: '/opt/cni/bin' },
      gateway: { name: 'edge', service: { type: 'ClusterIP' } },
    };
    expect(validate(meshSpec({ components: ['cni', 'gateway'], values }))).toEqual([]);
  });

  it.each(['1.24.0', '1.31.0', '1.32.0-alpha.0'])('takes version %s', (version) => {
    expect(fields({ version })).toEqual([]);
  });

  it.each(['1.23.9', '1.24.0-rc.1', 'latest', '1.31', 'v'])('refuses version %s', (version) => {
    expect(fields({ version })).toEqual(['mesh.version']);
  });

  it('is fine in ambient mode, with values of the node parts it brings', () => {
    const values = {
      istiod: { profile: 'ambient' },
      cni: { ambient: { enabled: true }, cniBinDir: '/opt/cni/bin' },
      ztunnel: { hub: 'mirror.example.test', tag: '1.31.0', updateStrategy: { type: 'OnDelete' } },
    };
    expect(validate(meshSpec({ mode: 'ambient', values }))).toEqual([]);
  });

  it.each<[string, Partial<MeshSpec>]>([
    ['mesh.values.istiod.profile', { values: { istiod: { profile: 'demo' } } }],
    ['mesh.values.cni.ambient.enabled', { values: { cni: { ambient: { enabled: false } } } }],
    ['mesh.values.istiod.pilot.cni.enabled', { values: { istiod: { pilot: { cni: { enabled: false } } } } }],
    ['mesh.values.ztunnel.revision', { values: { ztunnel: { revision: 'canary' } } }],
    ['mesh.values.ztunnel.resourceName', { values: { ztunnel: { resourceName: 'other' } } }],
    ['mesh.values.ztunnel.xdsAddress', { values: { ztunnel: { xdsAddress: 'elsewhere:15012' } } }],
    ['mesh.values.ztunnel.tag', { values: { ztunnel: { tag: '1.30.0' } } }],
    ['mesh.components', { components: ['ztunnel'] }],
  ])('refuses %s in ambient mode', (field, overrides) => {
    expect(fields({ mode: 'ambient', ...overrides })).toEqual([field]);
  });

  it('refuses the node proxy without ambient mode', () => {
    expect(validate(meshSpec({ values: { ztunnel: {} } }))).toMatchObject([
      { field: 'mesh.values.ztunnel', suggestion: expect.stringContaining('mesh.mode: ambient') as string },
    ]);
  });

  it.each([
    ['istio-cni', 'cni'],
    ['ingress', 'gateway'],
  ])('proposes the right name for component %s', (name, meant) => {
    expect(validate(meshSpec({ components: [name] }))[0]?.suggestion).toContain(`"${meant}"`);
  });

  it.each([
    ['pilot', 'istiod'],
    ['istio-base', 'base'],
  ])('proposes the right name for chart %s', (name, meant) => {
    const [problem] = validate(meshSpec({ values: { [name]: {} } }));
    expect(problem).toMatchObject({ field: `mesh.values.${name}`, suggestion: `Did you mean "${meant}"?` });
  });

  it('lists the charts for a name it cannot guess', () => {
    expect(validate(meshSpec({ values: { kiali: {} } }))[0]?.suggestion).toBe(
      'Charts are base, istiod, cni, ztunnel, gateway.',
    );
  });

  it('refuses values of a component that is not asked for', () => {
    expect(validate(meshSpec({ values: { gateway: {} } }))).toMatchObject([
      { field: 'mesh.values.gateway', suggestion: expect.stringContaining('mesh.components') as string },
    ]);
  });

  it.each<[string, Record<string, Record<string, unknown>>]>([
    ['mesh.values.istiod.revision', { istiod: { revision: 'canary' } }],
    ['mesh.values.istiod.pilot.revision', { istiod: { pilot: { revision: 'canary' } } }],
    ['mesh.values.istiod.revisionTags', { istiod: { revisionTags: ['prod'] } }],
    ['mesh.values.istiod.revision', { istiod: { revision: 'default' } }],
    ['mesh.values.gateway.revision', { gateway: { revision: '1-31-0' } }],
    ['mesh.values.base.defaultRevision', { base: { defaultRevision: 'default' } }],
    ['mesh.values.istiod.global.istioNamespace', { istiod: { global: { istioNamespace: 'mesh' } } }],
    ['mesh.values.istiod.meshConfig.rootNamespace', { istiod: { meshConfig: { rootNamespace: 'config' } } }],
    [
      'mesh.values.base.base.validationFailurePolicy',
      { base: { base: { validationFailurePolicy: 'Ignore' } } },
    ],
    ['mesh.values.istiod.profile', { istiod: { profile: 'ambient' } }],
    ['mesh.values.istiod.istiodRemote.enabled', { istiod: { istiodRemote: { enabled: true } } }],
    ['mesh.values.istiod.global.tag', { istiod: { global: { tag: '1.30.2' } } }],
    ['mesh.values.istiod._internal_defaults_do_not_set', { istiod: { _internal_defaults_do_not_set: {} } }],
    ['mesh.values.cni.ambient.enabled', { cni: { ambient: { enabled: true } } }],
    ['mesh.values.istiod.pilot.cni.enabled', { istiod: { pilot: { cni: { enabled: false } } } }],
  ])('refuses %s', (field, values) => {
    const problems = validate(meshSpec({ components: ['cni', 'gateway'], values }));
    expect(problems.map((problem) => problem.field)).toEqual([field]);
    expect(problems[0]?.suggestion).not.toBe('');
  });

  it('takes what the plugin would set itself, and tags that name no version', () => {
    const values = {
      base: { base: { validationFailurePolicy: 'Fail' } },
      istiod: { revision: '', global: { tag: 'nightly', externalIstiod: false } },
    };
    expect(fields({ values })).toEqual([]);
  });
});
