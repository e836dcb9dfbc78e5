import type { PerformanceProfile } from '@meshwright/model';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { testConfigOfProfile } from './profile-export.ts';
import { profilesOfTestConfig } from './profile-import.ts';
import { anyConfig, anyProfile, anyResult } from './test-support/arbitrary.ts';
import { readTestConfig, writeTestConfig } from './test-config.ts';
import { readTestResult, writeTestResult } from './test-result.ts';

const format = fc.constantFrom('yaml' as const, 'json' as const);

it('reads every test as it was written, all fields, in YAML and JSON', () => {
  fc.assert(
    fc.property(anyConfig, format, (config, as) => {
      expect(readTestConfig(writeTestConfig(config, as), 'test')).toEqual({ value: { config } });
    }),
    { numRuns: 150 },
  );
});

it('reads every result as it was written, all fields, in YAML and JSON', () => {
  fc.assert(
    fc.property(anyResult, format, (result, as) => {
      expect(readTestResult(writeTestResult(result, as), 'result')).toEqual({ value: result });
    }),
    { numRuns: 150 },
  );
});

/** The paths of everything in which two values differ. */
function differences(one: unknown, other: unknown, path: string): string[] {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) {
    return Object.is(one, other) ? [] : [path];
  }
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].flatMap((name) => {
    const below = Array.isArray(one) ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`;
    return differences((one as never)[name], (other as never)[name], below);
  });
}

/** Names of headers mean the same in any letter case; GET is what is sent where no method is named. */
function normalized({ spec, ...rest }: PerformanceProfile): PerformanceProfile {
  const endpoints = spec.endpoints.map(({ headers = {}, method, body, ...endpoint }) => {
    const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
    return {
      ...endpoint,
      headers: Object.fromEntries(lower),
      ...(method === undefined || method === 'GET' ? {} : { method }),
      ...(body === undefined || body === '' ? {} : { body }),
    };
  });
  return { ...rest, spec: { ...spec, endpoints } };
}

it('names everything of a profile that a test cannot express, and keeps all else', () => {
  fc.assert(
    fc.property(anyProfile, (profile) => {
      const { config, notes } = testConfigOfProfile(profile);
      const { profiles } = profilesOfTestConfig({ config });
      expect(profiles).toHaveLength(1);
      const lost = notes
        .map(({ path }) => path.replace('spec.blocks', 'spec.looks'))
        .filter((path) => path !== 'spec.endpoints');
      for (const path of differences(normalized(profile), normalized(profiles[0]!), '')) {
        const isTold = lost.some((told) => {
          const field = path.slice(told.length);
          return path.startsWith(told) && (field === '' || /^[.[S]/.test(field));
        });
        expect(isTold, `${path}: ${lost.join(', ')}`).toBe(true);
      }
    }),
    { numRuns: 150 },
  );
});

it('gives the same test again where nothing was noted', () => {
  fc.assert(
    fc.property(anyProfile, (profile) => {
      const { config } = testConfigOfProfile(profile);
      const { profiles, notes } = profilesOfTestConfig({ config });
      fc.pre(notes.length === 0);
      expect(testConfigOfProfile(profiles[0]!).config).toEqual(config);
    }),
    { numRuns: 150 },
  );
});

it('gives profiles or a reason for every test', () => {
  fc.assert(
    fc.property(anyConfig, (config) => {
      try {
        const { profiles } = profilesOfTestConfig({ config });
        expect(profiles.length).toBeGreaterThan(0);
      } catch (error) {
        expect(error).toMatchObject({ name: 'MeshwrightError', code: 'INVALID_INPUT' });
      }
    }),
    { numRuns: 500 },
  );
});
