import { lstat, mkdir, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { digestOf, digestOfJson } from '@meshwright/evidence';
import { type Digest, MeshwrightError, messageOf } from '@meshwright/model';
import { helmMessage, missing, unavailable } from './failures.ts';
import { codeOf, withWorkDirectory, writeAtomically } from './files.ts';
import type { Helm } from './helm.ts';
import { type ChartDigests, type ChartName, nameOfPin, notPinned, pinOf } from './pins.ts';
import type { ChartArchive, ChartArchives } from './source.ts';

export interface DirectorySourceOptions {
  directory: string;
  digests: ChartDigests;
  cacheDirectory: string;
  helm: Helm;
}

const maximumFiles = 5_000;
const maximumBytes = 64 * 1024 * 1024;

/**
 * Charts of a directory: `<chart>-<version>` for several versions side by side, else `<chart>`; each a folder with its
 * Chart.yaml, or an archive `.tgz`. What is rendered is
 * a copy named by its content, so that a change while rendering cannot mix two states. Pinned charts are refused when
 * they changed; a directory is never away, so nothing stands in for them.
 */
export function openDirectorySource(options: DirectorySourceOptions): ChartArchives {
  const { directory, digests } = options;
  return {
    find: (chart, version, signal) => findPinned(options, { chart, version }, signal),
    async available(signal) {
      const entries = await entriesOf(directory);
      if (entries.length === 0) {
        throw unavailable(`There are no charts in ${directory}.`, {
          remedy: 'Put chart folders or archives there.',
        });
      }
      const pinned = Object.keys(digests);
      for (const name of pinned.map(nameOfPin)) {
        if (name !== undefined) await findPinned(options, name, signal);
      }
      const pins =
        pinned.length === 0 ? 'nothing is pinned' : `pinned, and as it should be: ${pinned.join(', ')}`;
      return `${directory} holds ${entries.join(', ')}; ${pins}`;
    },
  };
}

async function findPinned(
  options: DirectorySourceOptions,
  name: ChartName,
  signal: AbortSignal | undefined,
): Promise<ChartArchive> {
  const pin = pinOf(options.digests, name);
  const archive = await snapshot(options, name, signal);
  if (pin === undefined || archive.digest === pin) return archive;
  throw notPinned(name, { found: archive.digest, pin, where: options.directory });
}

async function snapshot(
  options: DirectorySourceOptions,
  { chart, version }: ChartName,
  signal: AbortSignal | undefined,
): Promise<ChartArchive> {
  const { directory } = options;
  for (const name of [`${chart}-${version}`, chart]) {
    const [folder, archive] = [join(directory, name), join(directory, `${name}.tgz`)];
    if (await isFile(join(folder, 'Chart.yaml'))) return snapshotFolder(options, folder, { chart, version });
    if (await isFile(archive)) return snapshotArchive(options, archive, { chart, version }, signal);
  }
  throw missing(`There is no chart "${chart}" in ${directory}.`, {
    remedy: `It holds ${(await entriesOf(directory)).join(', ') || 'nothing'}.`,
  });
}

async function snapshotFolder(
  { cacheDirectory }: DirectorySourceOptions,
  folder: string,
  { chart, version }: ChartName,
): Promise<ChartArchive> {
  const files = await readFolder(folder);
  const description = files.get('Chart.yaml');
  checkDescription(description?.toString('utf8') ?? '', { chart, version, where: folder });
  const digest = digestOfJson(
    Object.fromEntries([...files].map(([path, content]) => [path, digestOf(content)])),
  );
  const path = join(cacheDirectory, 'folders', hex(digest), chart);
  if (!(await isFile(join(path, 'Chart.yaml')))) await copyFolder(cacheDirectory, files, path);
  return { path, digest };
}

/** Every regular file of a chart by its path below it, in order; links could leave the folder and are refused. */
async function readFolder(folder: string): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  let bytes = 0;
  for (const path of (await readdir(folder, { recursive: true })).sort()) {
    const entry = await lstat(join(folder, path));
    if (entry.isDirectory()) continue;
    if (!entry.isFile()) {
      throw new MeshwrightError('CHART_REFUSED', `${join(folder, path)} is neither a file nor a directory.`, {
        remedy: 'Put the file itself into the chart: links and devices are not followed.',
      });
    }
    bytes += entry.size;
    if (files.size >= maximumFiles || bytes > maximumBytes) {
      throw new MeshwrightError('CHART_REFUSED', `${folder} has more than ${maximumFiles} files or 64 MiB.`);
    }
    files.set(path, await readFile(join(folder, path)));
  }
  return files;
}

/** A rename of a complete copy; who comes second finds the same content and leaves it. */
async function copyFolder(cacheDirectory: string, files: Map<string, Buffer>, target: string): Promise<void> {
  await withWorkDirectory(cacheDirectory, async (work) => {
    const copy = join(work, 'chart');
    for (const [path, content] of files) await writeAtomically(join(copy, path), content);
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    try {
      await rename(copy, target);
    } catch (error) {
      if (codeOf(error) !== 'ENOTEMPTY' && codeOf(error) !== 'EEXIST') throw error;
      if (await isFile(join(target, 'Chart.yaml'))) return;
      await rm(target, { recursive: true });
      await rename(copy, target);
    }
  });
}

async function snapshotArchive(
  { cacheDirectory, helm }: DirectorySourceOptions,
  path: string,
  expected: ChartName,
  signal: AbortSignal | undefined,
): Promise<ChartArchive> {
  if ((await stat(path)).size > maximumBytes)
    throw new MeshwrightError('CHART_REFUSED', `${path} is larger than 64 MiB.`);
  const content = await readFile(path);
  const digest = digestOf(content);
  const copy = join(cacheDirectory, 'archives', `${hex(digest)}.tgz`);
  await writeAtomically(copy, content);
  const result = await helm.run(['show', 'chart', copy], { timeoutSeconds: 60, signal });
  if (result.outcome !== 'done')
    throw new MeshwrightError('CHART_REFUSED', `${path} is not a chart: ${helmMessage(result)}.`);
  checkDescription(result.stdout, { ...expected, where: path });
  return { path: copy, digest };
}

function checkDescription(text: string, expected: ChartName & { where: string }): void {
  const { name, version } = describe(text, expected.where);
  if (name === expected.chart && version === expected.version) return;
  throw missing(
    `The pattern asks for chart ${expected.chart} ${expected.version}, and ${expected.where} holds ${name} ${version}.`,
    { remedy: `Ask for version ${version} in the pattern, or put ${expected.version} there.` },
  );
}

function describe(text: string, where: string): { name: string; version: string } {
  const description = readDescription(text, where);
  const { name, version } = description as { name?: unknown; version?: unknown };
  return {
    name: typeof name === 'string' ? name : 'no name',
    version: typeof version === 'string' ? version : 'no version',
  };
}

function readDescription(text: string, where: string): object {
  try {
    const value: unknown = parse(text, { maxAliasCount: 0 });
    return typeof value === 'object' && value !== null ? value : {};
  } catch (error) {
    throw new MeshwrightError(
      'CHART_REFUSED',
      `The Chart.yaml of ${where} cannot be read: ${messageOf(error)}`,
    );
  }
}

async function entriesOf(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch((error: unknown) => {
    throw unavailable(
      `The chart directory ${directory} cannot be read: ${messageOf(error)}.`,
      {
        remedy: 'Check the path and its permissions.',
      },
      error,
    );
  });
  const charts = entries.filter((entry) => entry.isDirectory() || entry.name.endsWith('.tgz'));
  return charts.map((entry) => entry.name).sort();
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (entry) => entry.isFile(),
    () => false,
  );
}

function hex(digest: Digest): string {
  return digest.slice('sha256:'.length);
}
