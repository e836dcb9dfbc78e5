import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { MeshwrightError, messageOf } from '@meshwright/model';

/** A bundle of all workflows, as workers take it. */
export interface WorkflowBundle {
  codePath: string;
}

export interface BundleOptions {
  /** Where bundles are kept. */
  cacheDirectory: string;
  /** Whether workflows put the messages of failures where a codec encrypts them; for workers with encryption alone. */
  encodeFailures?: boolean;
}

const buildMilliseconds = 120_000;

/** The packages whose sources are in the bundle. */
const bundled = [
  '@meshwright/model',
  '@meshwright/statistics',
  '@meshwright/workflow-kit',
  '@meshwright/approval-gate',
  '@meshwright/mesh-change',
  '@meshwright/messages',
  '@meshwright/pattern-rollout',
  '@meshwright/performance-baseline',
  '@meshwright/repository-watch',
  '@meshwright/review',
];

/**
 * The workflows' bundle, built when there is none yet for these sources and this SDK. The build takes seconds and
 * some 300 MB, so a short process of its own does it; several at once do not disturb each other.
 * @throws MeshwrightError INTERNAL when the workflows do not bundle, for instance because one imports what the
 *   sandbox does not have; the lines are the bundler's.
 */
export async function loadWorkflowBundle(options: BundleOptions): Promise<WorkflowBundle> {
  const { cacheDirectory, encodeFailures = false } = options;
  const digest = await digestSources();
  const codePath = join(cacheDirectory, `workflows-${digest}${encodeFailures ? '-encoding' : ''}.js`);
  if (await exists(codePath)) return { codePath };
  await mkdir(cacheDirectory, { recursive: true, mode: 0o700 });
  const script = fileURLToPath(import.meta.resolve('./build.ts'));
  try {
    await promisify(execFile)(
      process.execPath,
      [script, codePath, ...(encodeFailures ? ['encode-failures'] : [])],
      {
        timeout: buildMilliseconds,
        maxBuffer: 4 * 1024 * 1024,
      },
    );
  } catch (error) {
    throw new MeshwrightError(
      'INTERNAL',
      'The workflows could not be bundled.',
      { remedy: 'See the lines of the bundler.', lines: outputOf(error) },
      { cause: error },
    );
  }
  return { codePath };
}

async function digestSources(): Promise<string> {
  const hash = createHash('sha256');
  for (const name of bundled) {
    const directory = dirname(fileURLToPath(import.meta.resolve(name)));
    const files = (await readdir(directory, { recursive: true })).filter(isSource).toSorted();
    for (const file of files) hash.update(`${name}/${file}\n`).update(await readFile(join(directory, file)));
  }
  for (const name of ['./workflows.ts', './build.ts', '@meshwright/temporal/failure-converter']) {
    hash.update(await readFile(fileURLToPath(import.meta.resolve(name))));
  }
  hash.update(await sdkVersion());
  return hash.digest('hex').slice(0, 32);
}

function isSource(file: string): boolean {
  return file.endsWith('.ts') && !file.endsWith('.test.ts');
}

/** A bundle is bound to the exact version of the SDK that made it. */
async function sdkVersion(): Promise<string> {
  const manifest = fileURLToPath(import.meta.resolve('@temporalio/worker/package.json'));
  return (JSON.parse(await readFile(manifest, 'utf8')) as { version: string }).version;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function outputOf(error: unknown): string[] {
  const { stderr } = error as { stderr?: string };
  return (stderr ?? messageOf(error)).split('\n').slice(-30);
}
