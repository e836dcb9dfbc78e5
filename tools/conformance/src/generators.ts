import { fileURLToPath } from 'node:url';
import { builtin } from '@meshwright/load-builtin';
import { fortio } from '@meshwright/load-fortio';
import { k6 } from '@meshwright/load-k6';
import { nighthawk } from '@meshwright/load-nighthawk';
import { wrk2 } from '@meshwright/load-wrk2';
import type { LoadContext, LoadPlugin } from '@meshwright/plugin-sdk';
import { openPrograms } from '@meshwright/programs';
import { ensurePart } from '@meshwright/testbed';

/** A generator. */
export interface Generator {
  plugin: LoadPlugin;
  /** The program that it cannot do without, where the testbed can get it. */
  program?: string;
}

/** Every load generator there is. */
export const generators: readonly Generator[] = [
  { plugin: builtin },
  { plugin: fortio, program: 'fortio' },
  { plugin: k6, program: 'k6' },
  { plugin: wrk2 },
  { plugin: nighthawk },
];

/** What a generator is handed on this machine; its program is got first where it is not there. */
export async function contextFor({ program }: Generator, signal: AbortSignal): Promise<LoadContext> {
  const places = program === undefined ? {} : { [program]: await ensurePart(program) };
  return { programs: openPrograms(places), signal };
}

/** Why the suite cannot be run with a generator on this machine; undefined where it can. */
export async function reasonNotToRun(generator: Generator, signal: AbortSignal): Promise<string | undefined> {
  // What the testbed can get is got, and failing to get it is an error and no reason.
  if (generator.program !== undefined) return undefined;
  return generator.plugin.unavailable(await contextFor(generator, signal));
}

/** Where the report of a generator lies. */
export function reportFile({ plugin }: Generator): string {
  return fileURLToPath(new URL(`../../../plugins/load-${plugin.id}/conformance.yaml`, import.meta.url));
}
