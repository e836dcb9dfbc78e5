import { createHash } from 'node:crypto';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { pack } from 'tar-stream';
import { describe, expect, it } from 'vitest';

import { serveFiles } from '../test-support/file-server.ts';
import { examplePart, testContext } from '../test-support/parts.ts';
import { scratchDirectory } from '../test-support/scratch.ts';
import { downloadPart, downloadRefusal, sumFor } from './download.ts';
import type { Part } from './part.ts';

const PROGRAM = Buffer.from('#!/bin/sh\necho 1.2.3\n');
const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

function partFrom(origin: string, member?: string): Part {
  return {
    ...examplePart,
    download: {
      url: `${origin}/v{version}/example-{os}-{arch}`,
      checksums: `${origin}/sums`,
      systems: ['linux'],
      ...(member === undefined ? {} : { member }),
    },
  };
}

async function tarGz(files: Record<string, Buffer>): Promise<Buffer> {
  const archive = pack();
  for (const [name, content] of Object.entries(files)) archive.entry({ name }, content);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return gzipSync(Buffer.concat(chunks));
}

describe('downloading a part', () => {
  it('takes the file whose published checksum it has', async () => {
    const directory = await scratchDirectory();
    const origin = await serveFiles({
      '/v1.2.3/example-linux-amd64': PROGRAM,
      '/sums': `${sha256(PROGRAM)}  example-linux-amd64\n`,
    });
    await downloadPart(partFrom(origin), join(directory, 'example'), testContext(directory));
    expect(await readFile(join(directory, 'example'))).toEqual(PROGRAM);
  });

  it('refuses a file with another checksum and keeps nothing of it', async () => {
    const directory = await scratchDirectory();
    const origin = await serveFiles({
      '/v1.2.3/example-linux-amd64': PROGRAM,
      '/sums': `${sha256(Buffer.from('something else'))}  example-linux-amd64\n`,
    });
    const to = join(directory, 'example');
    const downloading = downloadPart(partFrom(origin), to, testContext(directory));
    await expect(downloading).rejects.toMatchObject({ code: 'SIGNATURE_REFUSED' });
    await expect(access(to)).rejects.toThrow('ENOENT');
    await expect(access(`${to}.archive`)).rejects.toThrow('ENOENT');
  });

  it('does not take a file without a published checksum', async () => {
    const directory = await scratchDirectory();
    const origin = await serveFiles({
      '/v1.2.3/example-linux-amd64': PROGRAM,
      '/sums': `${sha256(PROGRAM)}  other-file\n`,
    });
    const downloading = downloadPart(partFrom(origin), join(directory, 'example'), testContext(directory));
    await expect(downloading).rejects.toMatchObject({ code: 'PREREQUISITE_MISSING' });
  });

  it('takes one program out of an archive, and nothing else', async () => {
    const directory = await scratchDirectory();
    const archive = await tarGz({
      'README.md': Buffer.from('read me'),
      '../../outside': Buffer.from('escaped'),
      'example-linux/example': PROGRAM,
    });
    const origin = await serveFiles({ '/v1.2.3/example-linux-amd64': archive, '/sums': sha256(archive) });
    const part = partFrom(origin, 'example-{os}/example');
    await downloadPart(part, join(directory, 'example'), testContext(directory));
    expect(await readFile(join(directory, 'example'))).toEqual(PROGRAM);
    await expect(access(join(directory, '..', '..', 'outside'))).rejects.toThrow('ENOENT');
  });

  it('says when the archive does not hold the program', async () => {
    const directory = await scratchDirectory();
    const archive = await tarGz({ 'README.md': Buffer.from('read me') });
    const origin = await serveFiles({ '/v1.2.3/example-linux-amd64': archive, '/sums': sha256(archive) });
    const downloading = downloadPart(
      partFrom(origin, 'example'),
      join(directory, 'x'),
      testContext(directory),
    );
    await expect(downloading).rejects.toThrow('holds no example');
  });
});

describe('whether a part can be downloaded', () => {
  it('is so when its host answers, whatever it answers', async () => {
    const directory = await scratchDirectory();
    const origin = await serveFiles({});
    expect(await downloadRefusal(partFrom(origin), testContext(directory))).toBeUndefined();
  });

  it('is not so when nothing answers there', async () => {
    const directory = await scratchDirectory();
    const refusal = await downloadRefusal(partFrom('http://127.0.0.1:1'), testContext(directory));
    expect(refusal).toContain('cannot be reached');
  });

  it('is not so on a system without a release', async () => {
    const directory = await scratchDirectory();
    const context = testContext(directory, { system: 'darwin' });
    expect(await downloadRefusal(partFrom('http://127.0.0.1:1'), context)).toBe(
      'there is no release for darwin',
    );
  });
});

describe('the checksum of a file', () => {
  const sum = 'a'.repeat(64);
  it.each([
    ['a bare sum', `${sum}\n`],
    ['a line of sha256sum', `${'b'.repeat(64)}  other\n${sum}  tool.tgz\n`],
    ['a line in binary mode with a path', `${sum} *./release/tool.tgz\n`],
    [
      "GitHub's description of a release",
      JSON.stringify({ assets: [{ name: 'tool.tgz', digest: `sha256:${sum}` }] }),
    ],
  ])('is found in %s', (_, text) => {
    expect(sumFor('tool.tgz', text)).toBe(sum);
  });

  it.each([
    ['another file', `${sum}  tool.tgz.sig\n`],
    ['a shorter hash', `${'a'.repeat(40)}  tool.tgz\n`],
    ['a release without a digest', JSON.stringify({ assets: [{ name: 'tool.tgz', digest: null }] })],
    ['an error page', '<html>not found</html>'],
  ])('is not found in %s', (_, text) => {
    expect(sumFor('tool.tgz', text)).toBeUndefined();
  });
});
