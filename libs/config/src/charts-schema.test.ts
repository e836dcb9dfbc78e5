import { describe, expect, it } from 'vitest';
import { parseConfig } from './load.ts';

const digest = `sha256:${'a1'.repeat(32)}`;

function read(charts: string) {
  return parseConfig(`meshes:\n  istio:\n    charts: ${charts}\n`, '/etc/meshwright/meshwright.yaml', {});
}

function pinned(line: string) {
  return read(`\n      digests:\n        ${line}`);
}

describe('charts of a mesh', () => {
  it('are pinned by chart and version, beside a source or for the public repository', () => {
    const digests = { 'istiod-1.31.1': digest, 'base-1.31.0-rc.1+build': digest };
    const text = JSON.stringify(digests);
    expect(read(`{ digests: ${text} }`).config?.meshes).toEqual({ istio: { charts: { digests } } });
    expect(read(`{ oci: oci://h/istio, digests: ${text} }`).config?.meshes).toEqual({
      istio: { charts: { source: { kind: 'oci', oci: 'oci://h/istio' }, digests } },
    });
  });

  it.each(['{}', `{ oci: oci://a/b, directory: c, digests: {} }`])('have one source: %s', (charts) => {
    const { config, diagnostics } = read(charts);
    expect(config).toBeUndefined();
    expect(diagnostics).toMatchObject([{ code: 'choose-one', line: 3 }]);
  });

  it.each([
    ['a digest that is cut off', 'istiod-1.31.1: sha256:abc', 'invalid-value', 24],
    ['a digest of another kind', `istiod-1.31.1: sha512:${'a'.repeat(64)}`, 'invalid-value', 24],
    ['a digest in capitals', `istiod-1.31.1: sha256:${'A1'.repeat(32)}`, 'invalid-value', 24],
    ['a digest without its kind', `istiod-1.31.1: ${'a1'.repeat(32)}`, 'invalid-value', 24],
    ['a chart without a version', `istiod: ${digest}`, 'invalid-key', 9],
    ['a version without a chart', `1.31.1: ${digest}`, 'invalid-key', 9],
    ['a chart that is a path', `../istiod-1.31.1: ${digest}`, 'invalid-key', 9],
  ])('refuse %s, and say where it stands', (_name, line, code, column) => {
    const { config, diagnostics } = pinned(line);
    expect(config).toBeUndefined();
    expect(diagnostics).toMatchObject([{ code, file: '/etc/meshwright/meshwright.yaml', line: 5, column }]);
  });
});
