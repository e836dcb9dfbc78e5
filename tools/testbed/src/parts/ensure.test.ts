import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { serveFiles } from '../test-support/file-server.ts';
import { examplePart, testContext } from '../test-support/parts.ts';
import { scratchDirectory, writeScript } from '../test-support/scratch.ts';
import type { PartContext } from './context.ts';
import { findPart, getPart } from './ensure.ts';
import type { Part } from './part.ts';

const part: Part = {
  ...examplePart,
  probe: { args: ['--version'], accepts: '^1.2.0' },
  download: { url: 'http://127.0.0.1:1/example', checksums: 'http://127.0.0.1:1/sums', systems: ['linux'] },
  goBuild: { module: 'etcd', package: 'example.dev/tool', coldMinutes: 1 },
};

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function released(origin: string): Part {
  const download = { url: `${origin}/example`, checksums: `${origin}/sums`, systems: ['linux'] as const };
  return { ...part, download };
}

/** A machine with an empty PATH of its own and no reachable download host. */
async function machine(): Promise<{ bin: string; context: PartContext }> {
  const directory = await scratchDirectory();
  const bin = join(directory, 'bin');
  await mkdir(bin);
  return {
    bin,
    context: testContext(join(directory, 'cache'), { environment: { PATH: `${bin}:/usr/bin:/bin` } }),
  };
}

/** A stand-in for the Go toolchain: lists two packages, and builds a script. */
async function installGo(bin: string): Promise<void> {
  const log = join(bin, 'go.log');
  await writeScript(
    join(bin, 'go'),
    `echo "$GOWORK $CGO_ENABLED $*" >> ${log}`,
    'if [ "$1" = list ]; then echo one; echo two; exit; fi',
    'while [ "$1" != -o ]; do shift; done',
    'echo one >&2',
    'printf "#!/bin/sh\\n" > "$2"',
  );
}

describe('getting a part', () => {
  it('takes the one on the PATH when its version will do', async () => {
    const { bin, context } = await machine();
    const path = await writeScript(join(bin, 'example'), 'echo example version v1.9.0 of 2026');
    expect(await getPart(part, context)).toEqual({ name: 'example', path, source: 'path', version: '1.9.0' });
  });

  it('passes over a version that will not do, and builds when no download host answers', async () => {
    const { bin, context } = await machine();
    await writeScript(join(bin, 'example'), 'echo v2.0.0');
    await installGo(bin);
    const found = await getPart(part, context);
    expect(found).toMatchObject({
      source: 'build',
      path: join(context.cache, 'example', '1.2.3', 'example'),
    });
    const [list, build] = (await readFile(join(bin, 'go.log'), 'utf8')).split('\n');
    expect(list).toBe('off 0 list -deps example.dev/tool');
    expect(build).toMatch(/^off 0 build -v -trimpath -ldflags -s -w -o \S+ example\.dev\/tool$/);
  });

  it('passes over a program that does not tell its version', async () => {
    const { bin, context } = await machine();
    await writeScript(join(bin, 'example'), 'exit 1');
    await installGo(bin);
    expect(await getPart(part, context)).toMatchObject({ source: 'build' });
  });

  it('downloads the release when its host answers', async () => {
    const { context } = await machine();
    const program = '#!/bin/sh\n';
    const origin = await serveFiles({ '/example': program, '/sums': sha256(program) });
    expect(await getPart(released(origin), context)).toMatchObject({ source: 'download' });
  });

  it('builds when the release is not there', async () => {
    const { bin, context } = await machine();
    await installGo(bin);
    const origin = await serveFiles({});
    expect(await getPart(released(origin), context)).toMatchObject({ source: 'build' });
  });

  it('does not go on to build when a release has the wrong checksum', async () => {
    const { bin, context } = await machine();
    await installGo(bin);
    const origin = await serveFiles({ '/example': 'changed', '/sums': sha256('#!/bin/sh\n') });
    await expect(getPart(released(origin), context)).rejects.toMatchObject({ code: 'SIGNATURE_REFUSED' });
    expect(await findPart(part, context)).toBeUndefined();
  });

  it('takes the one in the cache the second time', async () => {
    const { bin, context } = await machine();
    await installGo(bin);
    const { path } = await getPart(part, context);
    expect(await getPart(part, context)).toEqual({
      name: 'example',
      path,
      source: 'cache',
      version: '1.2.3',
    });
  });

  it('says what to do when there is no Go toolchain', async () => {
    const { bin, context } = await machine();
    const alone = { ...context, environment: { PATH: bin } };
    await expect(getPart(part, alone)).rejects.toMatchObject({
      code: 'PREREQUISITE_MISSING',
      message: 'example must be built and there is no Go toolchain',
      details: { remedy: expect.stringContaining('Install Go') as string },
    });
  });

  it('says what to do when the module proxy cannot be reached', async () => {
    const { bin, context } = await machine();
    await writeScript(join(bin, 'go'), 'echo "dial tcp: lookup proxy.example: no such host" >&2', 'exit 1');
    await expect(getPart(part, context)).rejects.toMatchObject({
      code: 'PREREQUISITE_MISSING',
      details: { remedy: expect.stringContaining('GOPROXY') as string },
    });
  });

  it('lets a part have the C compiler it needs, and says what to do when there is none', async () => {
    const { bin, context } = await machine();
    await writeScript(
      join(bin, 'go'),
      'if [ "$1" = list ]; then echo one; exit; fi',
      'if [ "$CGO_ENABLED" = 1 ]; then echo "cgo: C compiler \\"gcc\\" not found" >&2; fi',
      'exit 1',
    );
    const withC: Part = { ...part, goBuild: { ...part.goBuild!, cgo: true } };
    await expect(getPart(withC, context)).rejects.toMatchObject({
      code: 'PREREQUISITE_MISSING',
      message: 'example must be built and there is no C compiler',
      details: { remedy: expect.stringContaining('gcc') as string },
    });
    await expect(getPart(part, context)).rejects.toMatchObject({ code: 'INTERNAL' });
  });

  it('never takes a program from a relative directory of the PATH', async () => {
    const { bin, context } = await machine();
    await writeScript(join(bin, 'example'), 'echo v1.9.0');
    const relative = { ...context, environment: { PATH: '.:bin' } };
    await expect(getPart(part, relative)).rejects.toMatchObject({
      code: 'PREREQUISITE_MISSING',
    });
  });

  it('refuses to install a package where that is forbidden, with the command for it', async () => {
    const { context } = await machine();
    const debian: Part = { ...examplePart, debian: { package: 'example-package' } };
    await expect(getPart(debian, context)).rejects.toMatchObject({
      code: 'PREREQUISITE_MISSING',
      message: 'example (an example) is missing and --no-install forbids installing it',
      details: {
        remedy: expect.stringContaining('apt-get install --no-install-recommends example-package') as string,
      },
    });
  });
});
