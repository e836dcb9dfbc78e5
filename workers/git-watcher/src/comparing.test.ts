import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { Digest, KnownPattern } from '@meshwright/model';
import { compareWithKnown, type FoundFile } from './comparing.ts';

vi.setConfig({ testTimeout: 30_000 });

function file(path: string, pattern: string, content: string, valid = true): FoundFile {
  return { path, pattern, digest: `sha256:${content}`, valid };
}

function known(...files: FoundFile[]): Record<string, KnownPattern> {
  return Object.fromEntries(files.map(({ path, pattern, digest }) => [path, { pattern, digest }]));
}

describe('a commit compared with what is known', () => {
  it('changes nothing when every file is as it was', () => {
    const files = [file('a.yaml', 'a', '1'), file('b.yaml', 'b', '2', false)];
    expect(compareWithKnown(files, known(...files))).toEqual({
      changed: [],
      removed: [],
      renamed: [],
      unchanged: 2,
    });
  });

  it('changes what is new, what is different and what has another name', () => {
    const files = [file('a.yaml', 'a', '2'), file('b.yaml', 'renamed', '1'), file('c.yaml', 'c', '1')];
    const before = known(file('a.yaml', 'a', '1'), file('b.yaml', 'b', '1'));
    expect(compareWithKnown(files, before).changed).toEqual(files);
  });

  it('tells a move from a removal, also when the pattern changed on the way', () => {
    const before = known(file('a.yaml', 'a', '1'), file('b.yaml', 'b', '1'), file('c.yaml', 'c', '1'));
    const moved = file('new/a.yaml', 'a', '1');
    const movedAndChanged = file('new/b.yaml', 'b', '2');
    expect(compareWithKnown([moved, movedAndChanged], before)).toEqual({
      changed: [movedAndChanged],
      removed: [{ path: 'c.yaml', pattern: 'c' }],
      renamed: [
        { from: 'a.yaml', to: 'new/a.yaml', pattern: 'a' },
        { from: 'b.yaml', to: 'new/b.yaml', pattern: 'b' },
      ],
      unchanged: 0,
    });
  });

  it('does not take an invalid file for one that moved', () => {
    const before = known(file('a.yaml', 'a.yaml', '1', false));
    const result = compareWithKnown([file('b.yaml', 'a.yaml', '1', false)], before);
    expect(result).toMatchObject({
      renamed: [],
      removed: [{ path: 'a.yaml' }],
      changed: [{ path: 'b.yaml' }],
    });
  });

  it('accounts for every file before and after exactly once, and then finds nothing more to do', () => {
    const name = fc.constantFrom('a', 'b', 'c');
    const content = fc.constantFrom<Digest>('sha256:1', 'sha256:2');
    const found = fc.record({
      path: fc.constantFrom('p', 'q', 'r', 's'),
      pattern: name,
      digest: content,
      valid: fc.boolean(),
    });
    const files = fc.uniqueArray(found, { selector: ({ path }) => path });
    fc.assert(
      fc.property(files, files, (before, after) => {
        const { changed, removed, renamed, unchanged } = compareWithKnown(after, known(...before));
        const untouched = renamed.filter(({ to }) => !changed.some(({ path }) => path === to)).length;
        expect(changed.length + unchanged + untouched).toBe(after.length);
        const gone = [...removed.map(({ path }) => path), ...renamed.map(({ from }) => from)];
        const present = new Set(after.map(({ path }) => path));
        expect(gone.toSorted()).toEqual(
          before
            .map(({ path }) => path)
            .filter((path) => !present.has(path))
            .toSorted(),
        );
        expect(compareWithKnown(after, known(...after)).unchanged).toBe(after.length);
      }),
    );
  });
});
