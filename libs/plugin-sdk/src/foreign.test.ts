import { describe as group, expect, it } from 'vitest';
import { type ForeignRules, refuseAdoption, refuseForeign, refuseSharedKinds } from './foreign.ts';
import type { Installation } from './mesh.ts';

const rules: ForeignRules = {
  mesh: { name: 'Small', one: 'A Small' },
  describe: ({ version, managedBy }) => `Small ${version} by ${managedBy}`,
  operators: { operator: 'Remove its resource' },
  versionRemedy: 'Label it',
};

function installed(overrides: Partial<Installation> = {}): Installation {
  const found = { version: '1.0.0', revision: 'default', mode: 'node', namespace: 'small' } as const;
  return { ...found, managedBy: 'helm', healthy: true, notes: [], ...overrides };
}

group('what another tool keeps', () => {
  it('is refused with the way to take it over, and ours is not', () => {
    expect(() => refuseForeign([installed({ managedBy: 'meshwright' })], rules)).not.toThrow();
    expect(() => refuseForeign([installed()], rules)).toThrow(
      expect.objectContaining({
        code: 'FOREIGN_INSTALLATION',
        message: 'A Small that Meshwright did not install is on the cluster: Small 1.0.0 by helm.',
        details: expect.objectContaining({
          remedy: expect.stringContaining('meshwright adopt') as string,
        }) as object,
      }),
    );
  });

  it('is never taken over from an operator, which would write it again', () => {
    const kept = [installed({ managedBy: 'operator' })];
    for (const refuse of [() => refuseForeign(kept, rules), () => refuseAdoption(kept, '1.0.0', rules)]) {
      expect(refuse).toThrow(
        expect.objectContaining({
          code: 'FOREIGN_INSTALLATION',
          details: expect.objectContaining({
            remedy: 'Remove its resource, or leave this cluster out of the pattern.',
          }) as object,
        }),
      );
    }
  });
});

group('taking over', () => {
  it('takes the one that runs, in its version', () => {
    expect(() => refuseAdoption([installed()], '1.0.0', rules)).not.toThrow();
  });

  it.each([
    ['none', [], '1.0.0', 'There is no Small on the cluster to take over.'],
    ['several', [installed(), installed({ version: '1.1.0' })], '1.0.0', /several control planes/],
    ['another version', [installed()], '1.1.0', /is taken over as it runs, and the pattern says 1\.1\.0/],
  ])('refuses %s', (_what, found, version, message) => {
    expect(() => refuseAdoption(found, version, rules)).toThrow(message);
  });

  it('says how an unknown version becomes known', () => {
    expect(() => refuseAdoption([installed({ version: 'unknown' })], '1.0.0', rules)).toThrow(
      expect.objectContaining({ details: { remedy: 'Label it, and the same into mesh.version.' } }),
    );
  });
});

group('the CRDs of a mesh that goes', () => {
  it('are not taken from another one, while ours is beside it', () => {
    const [ours, theirs] = [installed({ managedBy: 'meshwright' }), installed()];
    for (const alone of [[], [ours], [theirs]]) expect(() => refuseSharedKinds(alone, rules)).not.toThrow();
    expect(() => refuseSharedKinds([ours, theirs], rules)).toThrow(
      'Another Small shares the CRDs with this one: Small 1.0.0 by helm.',
    );
  });
});
