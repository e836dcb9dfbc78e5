import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { parseConfig } from './load.ts';
import { configJsonSchema, configReference } from './reference.ts';

it.each(Object.entries(configReference()))(
  '%s is up to date (npm run generate -w libs/config)',
  async (name, content) => {
    expect(await readFile(new URL(`../../../docs/reference/${name}`, import.meta.url), 'utf8')).toBe(content);
  },
);

it('shows an example that is a valid configuration', () => {
  const example = /```yaml\n([^]*?)```/.exec(configReference()['config.md'] ?? '')?.[1] ?? '';
  expect(parseConfig(example, '/etc/meshwright.yaml', {}).diagnostics).toEqual([]);
});

it('allows no field that it does not describe', () => {
  (function visit(schema: unknown, path: string): void {
    if (typeof schema !== 'object' || schema === null) return;
    const { properties, items } = schema as {
      properties?: Record<string, { description?: string }>;
      items?: unknown;
    };
    if (properties !== undefined) expect(schema, path).toMatchObject({ additionalProperties: false });
    for (const [name, field] of Object.entries(properties ?? {})) {
      expect(field.description, `${path}.${name}`).toMatch(/\w/);
      visit(field, `${path}.${name}`);
    }
    visit(items, `${path}[]`);
  })(configJsonSchema(), '');
});
