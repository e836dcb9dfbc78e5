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

  it('refuses ambient mode and its parts', () => {
    expect(fields({ mode: 'ambient', components: ['ztunnel'] })).toEqual(['mesh.mode', 'mesh.components']);
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
      'Charts are base, istiod, cni, gateway.',
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
