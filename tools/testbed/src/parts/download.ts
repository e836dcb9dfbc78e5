import { createHash, timingSafeEqual } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

import { MeshwrightError, messageOf } from '@meshwright/model';
import { extract } from 'tar-stream';

import type { ProgressTask } from '../progress/progress.ts';
import type { PartContext } from './context.ts';
import type { Part, PartDownload } from './part.ts';

const REACHABLE_MS = 4_000;
const DOWNLOAD_MS = 15 * 60_000;
const MAX_BYTES = 1024 ** 3;
const MAX_CHECKSUM_BYTES = 1024 * 1024;

const reachableHosts = new Map<string, Promise<string | undefined>>();

/** Why a part cannot be downloaded here; nothing when it can. Each host is asked once in a run. */
export async function downloadRefusal(part: Part, context: PartContext): Promise<string | undefined> {
  const { download } = part;
  if (download === undefined) return 'its project publishes no program with a checksum';
  if (!download.systems.some((system) => system === context.system))
    return `there is no release for ${context.system}`;
  const { origin } = new URL(download.url);
  let answer = reachableHosts.get(origin);
  if (answer === undefined) {
    answer = askHost(origin);
    reachableHosts.set(origin, answer);
  }
  return answer;
}

async function askHost(origin: string): Promise<string | undefined> {
  try {
    await fetch(origin, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(REACHABLE_MS) });
    return undefined;
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    return `${origin} cannot be reached (${messageOf(cause)})`;
  }
}

/**
 * Downloads the official release of a part to a path, checked against the sum its project publishes.
 *
 * @throws MeshwrightError `SIGNATURE_REFUSED` when the sum differs, `PREREQUISITE_MISSING` when the file or its sum cannot
 * be had.
 */
export async function downloadPart(part: Part, to: string, context: PartContext): Promise<void> {
  if (part.download === undefined) throw new MeshwrightError('INTERNAL', `${part.name} has no download`);
  const download = filledIn(part.download, part, context);
  const task = context.progress.begin(`downloading ${part.name} ${part.version}`);
  const archive = `${to}.archive`;
  try {
    const file = basename(new URL(download.url).pathname);
    const expected = sumFor(file, await fetchText(download.checksums, context));
    if (expected === undefined) {
      throw new MeshwrightError('PREREQUISITE_MISSING', `${download.checksums} has no checksum of ${file}`);
    }
    const received = await fetchFile(download.url, archive, context, task);
    if (!timingSafeEqual(Buffer.from(expected, 'hex'), Buffer.from(received, 'hex'))) {
      throw new MeshwrightError(
        'SIGNATURE_REFUSED',
        `${download.url} has the SHA-256 ${received}, and ${download.checksums} says ${expected}`,
        { remedy: `Do not use that file. Put a ${part.name} that you trust on the PATH.` },
      );
    }
    await (download.member === undefined ? copy(archive, to) : extractMember(archive, download.member, to));
    task.succeed('checksum as published');
  } catch (error) {
    task.fail(messageOf(error));
    throw error;
  } finally {
    await rm(archive, { force: true });
  }
}

function filledIn(download: PartDownload, part: Part, context: PartContext): PartDownload {
  const fill = (text: string): string =>
    text
      .replaceAll('{version}', part.version)
      .replaceAll('{os}', context.system)
      .replaceAll('{arch}', context.architecture);
  const { member } = download;
  return {
    ...download,
    url: fill(download.url),
    checksums: fill(download.checksums),
    ...(member === undefined ? {} : { member: fill(member) }),
  };
}

/**
 * The SHA-256 sum of a file in what its project publishes: a bare sum, `sha256sum` lines, or GitHub's description of a
 * release, where each asset has a `digest` (https://docs.github.com/rest/releases).
 */
export function sumFor(file: string, checksums: string): string | undefined {
  const bare = /^[0-9a-f]{64}$/i.exec(checksums.trim());
  if (bare !== null) return bare[0].toLowerCase();
  if (checksums.trimStart().startsWith('{')) return digestInRelease(file, checksums);
  for (const line of checksums.split('\n')) {
    const [, sum, name] = /^([0-9a-f]{64})\s+\*?(\S+)\s*$/i.exec(line) ?? [];
    if (sum !== undefined && name !== undefined && basename(name) === file) return sum.toLowerCase();
  }
  return undefined;
}

interface GitHubRelease {
  assets?: { name?: string; digest?: string | null }[];
}

function digestInRelease(file: string, description: string): string | undefined {
  const { assets = [] } = JSON.parse(description) as GitHubRelease;
  const digest = assets.find(({ name }) => name === file)?.digest;
  return /^sha256:([0-9a-f]{64})$/i.exec(digest ?? '')?.[1]?.toLowerCase();
}

interface Answer {
  /** Bytes, where the server says so. */
  readonly length: number | undefined;
  readonly body: AsyncIterable<Uint8Array>;
}

async function request(url: string, { signal }: PartContext): Promise<Answer> {
  const timeout = AbortSignal.timeout(DOWNLOAD_MS);
  const response = await fetch(url, {
    signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
  });
  if (new URL(response.url).protocol !== new URL(url).protocol) {
    throw new MeshwrightError('SIGNATURE_REFUSED', `${url} leads to ${response.url}, which is not as safe`);
  }
  if (!response.ok || response.body === null) {
    throw new MeshwrightError('PREREQUISITE_MISSING', `${url} answered ${response.status}`);
  }
  const length = response.headers.get('content-length');
  return {
    length: length === null ? undefined : Number(length),
    body: response.body as AsyncIterable<Uint8Array>,
  };
}

async function fetchText(url: string, context: PartContext): Promise<string> {
  const { body } = await request(url, context);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_CHECKSUM_BYTES) {
      throw new MeshwrightError('SIGNATURE_REFUSED', `${url} is no checksum file`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function fetchFile(url: string, to: string, context: PartContext, task: ProgressTask): Promise<string> {
  const { length, body } = await request(url, context);
  const total = length === undefined ? {} : { total: megabytes(length) };
  const hash = createHash('sha256');
  let size = 0;
  async function* measure(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      size += chunk.length;
      if (size > MAX_BYTES) throw new Error(`${url} is larger than ${megabytes(MAX_BYTES)} MB`);
      hash.update(chunk);
      task.update({ done: megabytes(size), ...total, detail: 'MB' });
      yield chunk;
    }
  }
  await pipeline(body, measure, createWriteStream(to, { mode: 0o600 }));
  return hash.digest('hex');
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1024 ** 2);
}

function copy(from: string, to: string): Promise<void> {
  return pipeline(createReadStream(from), createWriteStream(to));
}

/** Writes one file of a `.tar.gz` to a path. Nothing else of the archive ever touches the disk. */
async function extractMember(archive: string, member: string, to: string): Promise<void> {
  const entries = extract();
  const unpacking = pipeline(createReadStream(archive), createGunzip(), entries);
  let found = false;
  for await (const entry of entries) {
    if (entry.header.type === 'file' && entry.header.name.replace(/^\.\//, '') === member && !found) {
      found = true;
      await pipeline(entry, createWriteStream(to));
    } else {
      entry.resume();
    }
  }
  await unpacking;
  if (!found) throw new MeshwrightError('PREREQUISITE_MISSING', `the release holds no ${member}`);
}
