import { expect, test } from 'vitest';

import { ISTIO_VERSION, partNamed } from '../parts/catalogue.ts';
import { withVersion } from './istio-version.ts';

test('another version differs in the number it reports and in nothing else', () => {
  const part = partNamed('pilot-discovery');
  const other = withVersion(part, '1.31.9');
  expect(other.version).toBe('1.31.9');
  const before = part.goBuild?.variables ?? {};
  const after = other.goBuild?.variables ?? {};
  const changed = Object.keys(before).filter((name) => before[name] !== after[name]);
  expect(changed).toEqual(Object.keys(before).filter((name) => before[name] === ISTIO_VERSION));
  expect(changed.map((name) => after[name])).toEqual(changed.map(() => '1.31.9'));
  expect(changed).toContain('istio.io/istio/pkg/version.buildVersion');
  expect({ ...other, version: part.version, goBuild: part.goBuild }).toEqual(part);
});

test('the pinned version is the part of the catalogue', () => {
  const part = partNamed('pilot-agent');
  expect(withVersion(part, ISTIO_VERSION)).toBe(part);
});
