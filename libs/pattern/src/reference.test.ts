import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { readPolicy } from './policy/read-policy.ts';
import { policyJsonSchema, policyReference } from './policy/reference.ts';
import { readPattern } from './read-pattern.ts';
import { readProfile } from './profile/read-profile.ts';
import { profileJsonSchema, profileReference } from './profile/reference.ts';
import { patternJsonSchema, patternReference } from './reference.ts';

it.each(Object.entries({ ...patternReference(), ...profileReference(), ...policyReference() }))(
  '%s is up to date (npm run generate -w libs/pattern)',
  async (name, content) => {
    expect(await readFile(new URL(`../../../docs/reference/${name}`, import.meta.url), 'utf8')).toBe(content);
  },
);

it('shows an example that is a valid profile', () => {
  const example = /```yaml\n([^]*?)```/.exec(profileReference()['performance-profile.md'] ?? '')?.[1] ?? '';
  expect(readProfile(example, 'example.yaml', 100_000)).toMatchObject({ name: 'checkout', diagnostics: [] });
});

it('shows an example that is a valid policy', () => {
  const example = /```yaml\n([^]*?)```/.exec(policyReference()['approvals.md'] ?? '')?.[1] ?? '';
  const { policy, diagnostics } = readPolicy(example, 'approvals.yaml');
  expect(diagnostics).toEqual([]);
  expect(policy?.people).toHaveLength(3);
});

it('shows an example that is a valid pattern', () => {
  const example = /```yaml\n([^]*?)```/.exec(patternReference()['pattern.md'] ?? '')?.[1] ?? '';
  expect(readPattern(example, 'example.yaml', 100_000)).toMatchObject({
    name: 'checkout-mesh',
    diagnostics: [],
  });
});

it.each([patternJsonSchema(), profileJsonSchema(), policyJsonSchema()])(
  'describes every field and allows no other',
  (format) => {
    const fields: string[] = [];
    (function visit(schema: unknown, path: string): void {
      if (typeof schema !== 'object' || schema === null) return;
      const { properties, items } = schema as {
        properties?: Record<string, { description?: string }>;
        items?: unknown;
      };
      if (properties !== undefined) expect(schema, path).toMatchObject({ additionalProperties: false });
      for (const [name, field] of Object.entries(properties ?? {})) {
        fields.push(name);
        expect(field.description, `${path}.${name}`).toMatch(/\w/);
        visit(field, `${path}.${name}`);
      }
      visit(items, `${path}[]`);
    })(format, '');
    expect(fields).toContain('kind');
  },
);

it('has the example of a profile', async () => {
  const path = 'examples/performance/checkout.yaml';
  const text = await readFile(new URL(`../../../${path}`, import.meta.url));
  expect(readProfile(text, path, 100_000)).toMatchObject({ diagnostics: [] });
});

it('has the example of the patterns repository', async () => {
  const path = 'examples/patterns/checkout-mesh.yaml';
  const text = await readFile(new URL(`../../../${path}`, import.meta.url));
  expect(readPattern(text, path, 100_000)).toMatchObject({ diagnostics: [] });
});

it('has an example of a policy, which nobody takes for the one that counts', async () => {
  const path = 'examples/approvals.example.yaml';
  const text = await readFile(new URL(`../../../${path}`, import.meta.url));
  expect(readPolicy(text, path)).toMatchObject({ diagnostics: [] });
});
