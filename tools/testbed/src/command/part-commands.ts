import type { Command } from '@commander-js/extra-typings';
import { MeshwrightError } from '@meshwright/model';

import { profileParts } from '../parts/profile-parts.ts';
import { catalogue } from '../parts/catalogue.ts';
import { findPart, getPart, partContext, type PartFound } from '../parts/ensure.ts';
import { envoyBootstrap } from '../parts/istio-module.ts';
import type { Part } from '../parts/part.ts';
import { profileOption } from './options.ts';
import type { CommandContext } from './run.ts';

/** `parts` and `build`. */
export function addPartCommands(program: Command, context: CommandContext): void {
  addParts(program, context);
  addBuild(program, context);
}

function addParts(program: Command, { signal, print }: CommandContext): void {
  program
    .command('parts')
    .description('show every part, where it is, and how it would be had')
    .option('--json', 'print it as JSON')
    .action(async ({ json }) => {
      const context = partContext({ signal });
      const rows: { part: Part; found: PartFound | undefined }[] = [];
      for (const part of catalogue) rows.push({ part, found: await findPart(part, context) });
      if (json === true) {
        const list = rows.map(({ part: { name, version, purpose }, found }) => ({
          name,
          version,
          purpose,
          found,
        }));
        print(JSON.stringify(list, undefined, 2));
        return;
      }
      for (const { part, found } of rows) {
        const where =
          found === undefined ? `not here; ${waysToHave(part)}` : `${found.source}: ${found.path}`;
        print(`${part.name.padEnd(24)} ${(found?.version ?? part.version).padEnd(13)} ${where}`);
      }
    });
}

function addBuild(program: Command, { signal, progress, print }: CommandContext): void {
  program
    .command('build')
    .description('get all parts of a profile, or those that are named')
    .argument('[parts...]', 'names from `testbed parts`')
    .addOption(profileOption())
    .option('--no-install', 'refuse to install packages of the distribution')
    .option('--json', 'print the result as JSON')
    .action(async (names, { profile, install, json }) => {
      const context = partContext({ signal, progress, install });
      const parts = names.length > 0 ? names.map(partOrRefuse) : profileParts(profile);
      const found: PartFound[] = [];
      for (const part of parts) found.push(await getPart(part, context));
      if (names.length === 0 && profile === 'node') await envoyBootstrap(context);
      if (json === true) {
        print(JSON.stringify(found, undefined, 2));
        return;
      }
      for (const { name, source, path } of found) print(`${name.padEnd(24)} ${source}: ${path}`);
    });
}

function partOrRefuse(name: string): Part {
  const part = catalogue.find((candidate) => candidate.name === name);
  if (part !== undefined) return part;
  throw new MeshwrightError('INVALID_INPUT', `there is no part "${name}"`);
}

function waysToHave(part: Part): string {
  const ways: string[] = [];
  if (part.download !== undefined) ways.push('download');
  if (part.goBuild !== undefined) ways.push(`Go build of about ${part.goBuild.coldMinutes} min`);
  if (part.wheel !== undefined) ways.push(`Python wheel ${part.wheel.package}`);
  if (part.debian !== undefined) ways.push(`Debian package ${part.debian.package}`);
  return ways.join(', or ');
}
