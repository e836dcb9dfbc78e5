import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import semver from 'semver';
import { describe, expect, it } from 'vitest';

import { catalogue, ISTIO_MODULE_VERSION, partNamed } from './catalogue.ts';
import { goModuleDirectory } from './go-build.ts';
import { profileParts } from './profile-parts.ts';

describe('the catalogue of parts', () => {
  it('has each name once', () => {
    const names = catalogue.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(catalogue.map((part) => [part.name, part] as const))('knows a way to have %s', (_, part) => {
    expect(part.download ?? part.goBuild ?? part.wheel ?? part.debian).toBeDefined();
  });

  const built = catalogue.flatMap((part) =>
    part.goBuild === undefined ? [] : [{ part, build: part.goBuild }],
  );
  it.each(built)('pins the module of $part.name with its checksums', async ({ part, build }) => {
    const directory = goModuleDirectory(build.module);
    const module = await readFile(join(directory, 'go.mod'), 'utf8');
    const own = /^module (\S+)$/m.exec(module)?.[1];
    if (own === build.package) return;
    await access(join(directory, 'go.sum'));
    expect(module).toContain(build.package);
    const version = part.version === '1.31.0' ? ISTIO_MODULE_VERSION : `v${part.version}`;
    expect(module).toContain(` ${version} // indirect`);
  });

  const downloaded = catalogue.flatMap((part) =>
    part.download === undefined ? [] : [{ part, ...part.download }],
  );
  it.each(downloaded)('names the version in the address of $part.name and uses TLS', ({ url, checksums }) => {
    expect(url).toContain('{version}');
    for (const address of [url, checksums]) expect(new URL(address).protocol).toBe('https:');
  });

  const probed = catalogue.flatMap((part) =>
    part.probe?.accepts === undefined ? [] : [{ part, accepts: part.probe.accepts }],
  );
  it.each(probed)('accepts its own version of $part.name from the PATH', ({ part, accepts }) => {
    expect(semver.satisfies(part.version, accepts)).toBe(true);
  });

  it('names what it knows when it is asked for something else', () => {
    expect(() => partNamed('kube-something')).toThrow('there is no part "kube-something"');
  });

  it('has all parts of both profiles', () => {
    for (const profile of ['control-plane', 'node'] as const) {
      expect(profileParts(profile).length).toBeGreaterThan(5);
    }
  });
});
