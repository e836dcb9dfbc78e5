import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { edgeOfVersion, isOlder, lineOf, newestTried, oldestVersion, versionOfEdge } from './versions.ts';

describe('an edge release and the version of its charts', () => {
  it('are one written in two ways', () => {
    expect(versionOfEdge('edge-26.8.3')).toBe('2026.8.3');
    expect(versionOfEdge('26.8.3')).toBe('2026.8.3');
    expect(edgeOfVersion('2026.8.3')).toBe('edge-26.8.3');
  });

  it('lead back to each other', () => {
    const parts = fc.tuple(
      fc.integer({ min: 24, max: 99 }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 99 }),
    );
    fc.assert(
      fc.property(parts, ([year, month, number]) => {
        const edge = `edge-${year}.${month}.${number}`;
        expect(edgeOfVersion(versionOfEdge(edge) ?? '')).toBe(edge);
      }),
    );
  });

  it.each(['stable-2.14.0', '2026.8.3', 'latest', '', 'edge-26.8', 'sha256:aa'])(
    'knows no edge in %j',
    (text) => {
      expect(versionOfEdge(text)).toBeUndefined();
    },
  );
});

describe('the line of versions', () => {
  it.each([
    ['2024.8.2', 16],
    ['2024.8.3', 17],
    ['2025.4.4', 18],
    ['2025.10.7', 19],
    ['2025.10.8', 20],
    ['2026.6.3', 20],
    ['2026.8.3', 21],
  ])('of %s is 2.%i', (version, minor) => {
    expect(lineOf(version)).toEqual({ major: 2, minor });
  });

  it('never goes back as versions go on', () => {
    const versions = fc.tuple(
      fc.integer({ min: 2024, max: 2030 }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 9 }),
    );
    fc.assert(
      fc.property(versions, versions, (one, other) => {
        const [a, b] = [one.join('.'), other.join('.')];
        if (isOlder(a, b)) expect(lineOf(a).minor).toBeLessThanOrEqual(lineOf(b).minor);
      }),
    );
  });

  it('reaches from the oldest version to the newest that was tried', () => {
    expect(isOlder(oldestVersion, newestTried)).toBe(true);
  });
});
