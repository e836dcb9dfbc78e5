import { access } from 'node:fs/promises';
import { join } from 'node:path';

import { MeshwrightError } from '@meshwright/model';

import { execute } from '../processes/execute.ts';
import type { PartContext } from './context.ts';
import type { Part, PartGoBuild } from './part.ts';

const BUILD_SECONDS = 60 * 60;
const GO_REMEDY = 'Install Go 1.26 or newer (https://go.dev/dl), or put the program itself on the PATH.';

/** The folder of a pinned Go module. */
export function goModuleDirectory(module: string): string {
  return join(import.meta.dirname, '..', '..', 'parts', module);
}

/**
 * Builds a part from its pinned Go module. Programs of one module share what is compiled, through Go's own build cache.
 *
 * @throws MeshwrightError `PREREQUISITE_MISSING` without a Go toolchain or a module proxy.
 */
export async function buildGoPart(
  part: Part,
  build: PartGoBuild,
  to: string,
  context: PartContext,
  why: string | undefined,
): Promise<void> {
  const directory = goModuleDirectory(build.module);
  await access(join(directory, 'go.mod'));
  if (why !== undefined) context.progress.note(`${part.name}: ${why}`);
  const task = context.progress.begin(
    `building ${part.name} ${part.version} (about ${build.coldMinutes} min when nothing is compiled yet)`,
  );
  try {
    const total = await countPackages(part, build, directory, context);
    let done = 0;
    task.update({ done, total, detail: 'packages' });
    const onErrorLine = (line: string): void => {
      // Other lines tell of modules being fetched.
      if (line.startsWith('go: ')) return;
      done += 1;
      task.update({ done });
    };
    const args = ['build', '-v', ...buildFlags(build), '-o', to, build.package];
    await go(args, directory, context, { cgo: build.cgo, onErrorLine });
    task.succeed(`${done} of ${total} packages were new`);
  } catch (error) {
    context.signal?.throwIfAborted();
    task.fail('failed');
    throw explain(error, part);
  }
}

/** Fetches the modules too, so that a missing network shows here and with its own words. */
async function countPackages(
  part: Part,
  build: PartGoBuild,
  directory: string,
  context: PartContext,
): Promise<number> {
  const args = ['list', '-deps', ...tagFlags(build), build.package];
  const list = await go(args, directory, context, { cgo: build.cgo });
  const count = list.split('\n').filter((line) => line !== '').length;
  if (count > 0) return count;
  throw new MeshwrightError('INTERNAL', `the module of ${part.name} lists no packages`);
}

/** The arguments after `go build` that decide what comes out. */
export function buildFlags(build: PartGoBuild): string[] {
  const variables = Object.entries(build.variables ?? {}).map(([name, value]) => `-X ${name}=${value}`);
  return [...tagFlags(build), '-trimpath', '-ldflags', ['-s', '-w', ...variables].join(' ')];
}

function tagFlags({ tags }: PartGoBuild): string[] {
  return tags === undefined ? [] : [`-tags=${tags.join(',')}`];
}

interface GoOptions {
  readonly cgo?: boolean | undefined;
  readonly onErrorLine?: (line: string) => void;
}

/** Runs `go` in the pinned module alone: no workspace, no change to go.mod, and no C compiler but where one is asked for. */
async function go(
  args: readonly string[],
  directory: string,
  { signal, environment }: Pick<PartContext, 'signal' | 'environment'>,
  { cgo = false, onErrorLine }: GoOptions = {},
): Promise<string> {
  return execute('go', args, {
    directory,
    seconds: BUILD_SECONDS,
    signal,
    environment: {
      ...(environment.PATH === undefined ? {} : { PATH: environment.PATH }),
      GOWORK: 'off',
      CGO_ENABLED: cgo ? '1' : '0',
      GOFLAGS: '-mod=readonly -buildvcs=false',
    },
    ...(onErrorLine === undefined ? {} : { onErrorLine }),
  });
}

/**
 * The directory of a module's source in Go's module cache, fetched when it is not there and checked against go.sum.
 * `folder` is the pinned module that requires it. Everything in it is read-only.
 *
 * @throws MeshwrightError `PREREQUISITE_MISSING` without a Go toolchain.
 */
export async function goModuleSource(folder: string, module: string, context: PartContext): Promise<string> {
  const task = context.progress.begin(`getting the source of ${module}`);
  try {
    const args = ['mod', 'download', '-json', module];
    const answer = JSON.parse(await go(args, goModuleDirectory(folder), context)) as { Dir?: string };
    if (answer.Dir === undefined) throw new MeshwrightError('INTERNAL', 'go mod download named no directory');
    task.succeed();
    return answer.Dir;
  } catch (error) {
    task.fail('failed');
    throw error;
  }
}

function explain(error: unknown, part: Part): unknown {
  if (!(error instanceof MeshwrightError)) return error;
  const { code, message, details } = error;
  const lines = (details.lines ?? []).join('\n');
  if (code === 'PREREQUISITE_MISSING') {
    return new MeshwrightError(code, `${part.name} must be built and there is no Go toolchain`, {
      remedy: GO_REMEDY,
    });
  }
  if (/C compiler "[^"]*" not found/.test(lines)) {
    return new MeshwrightError(
      'PREREQUISITE_MISSING',
      `${part.name} must be built and there is no C compiler`,
      { ...details, remedy: `Install gcc (Debian: build-essential), or put ${part.name} on the PATH.` },
    );
  }
  if (/dial tcp|no such host|proxyconnect|i\/o timeout|connection refused/.test(lines)) {
    return new MeshwrightError(
      'PREREQUISITE_MISSING',
      `${part.name} must be built and the Go module proxy cannot be reached`,
      { ...details, remedy: `Set GOPROXY to one that can be reached, or put ${part.name} on the PATH.` },
    );
  }
  return new MeshwrightError(code, `${part.name} could not be built: ${message}`, details, { cause: error });
}
