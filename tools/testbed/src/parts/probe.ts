import { delimiter, join } from 'node:path';

import semver from 'semver';

import { execute } from '../processes/execute.ts';
import { isExecutable } from './cache.ts';
import type { PartContext } from './context.ts';
import type { Part } from './part.ts';

/** A program that was found, and whether it will do. */
export interface ProbeResult {
  readonly path: string;
  readonly version?: string;
  /** Why it will not do; absent when it will. */
  readonly refused?: string;
}

const PROBE_SECONDS = 20;

/** Looks for a part on the PATH and in its own directories; the first that will do, else the first found. */
export async function probePart(part: Part, context: PartContext): Promise<ProbeResult | undefined> {
  if (part.probe === undefined) return undefined;
  const directories = [...pathDirectories(context), ...(part.probe.directories ?? [])];
  let refused: ProbeResult | undefined;
  for (const directory of directories) {
    const path = join(directory, part.name);
    if (!(await isExecutable(path))) continue;
    const result = await checkVersion(part, path, context);
    if (result.refused === undefined) return result;
    refused ??= result;
  }
  return refused;
}

function pathDirectories({ environment }: PartContext): string[] {
  return (environment.PATH ?? '').split(delimiter).filter((directory) => directory.startsWith('/'));
}

async function checkVersion(part: Part, path: string, { signal }: PartContext): Promise<ProbeResult> {
  const { args, accepts } = part.probe ?? {};
  if (args === undefined || accepts === undefined) return { path };
  let output: string;
  try {
    output = await execute(path, args, { seconds: PROBE_SECONDS, signal });
  } catch (error) {
    signal?.throwIfAborted();
    return {
      path,
      refused: `it did not tell its version: ${error instanceof Error ? error.message : 'unknown'}`,
    };
  }
  const version = versionIn(output);
  if (version === undefined) return { path, refused: 'it did not tell its version' };
  if (!semver.satisfies(version, accepts)) return { path, version, refused: `${version} is not ${accepts}` };
  return { path, version };
}

/** The first `x.y.z` in what a program prints about itself, without anything after the three numbers. */
export function versionIn(output: string): string | undefined {
  return /(?<![\d.])\d+\.\d+\.\d+(?![\d.])/.exec(output)?.[0];
}
