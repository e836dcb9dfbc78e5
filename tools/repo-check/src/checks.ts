import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acceptedViolations } from './boundaries.ts';
import { run } from './run.ts';
import { oneFailed, onePassed, readVitestReport, type Tally } from './tally.ts';

/** One named part of a run. */
export interface Check {
  name: string;
  run(): Promise<Tally>;
}

/** Checks that run one after the other, beside those of other lanes. */
export type Lane = readonly Check[];

/** Lanes that run at once; the next phase begins when all of them are over. */
export type Phase = readonly Lane[];

/** Everything that needs no root: what reads the sources, beside what runs them. */
export const testPhases: readonly Phase[] = [
  [
    [
      command('format', 'prettier', ['--check', '--log-level', 'warn', '.']),
      // One program for all that runs on Node is several times faster than one for each package.
      command('types', 'tsc', ['--project', 'tsconfig.whole.json']),
      command('types without Node', 'tsc', ['--project', 'tsconfig.without-node.json']),
      // Lint skips the import rules without a word when the project graph is not there yet: make it first.
      command('project graph', 'nx', ['show', 'projects']),
      command('lint', 'eslint', ['.', '--cache']),
      command('unused code', 'knip', []),
      { name: 'import rules are enforced', run: checkBoundaries },
      command('conformance reports', 'node', ['tools/conformance/src/main.ts', '--check']),
    ],
    [vitest('unit'), vitest('integration')],
  ],
];

/**
 * The real-mesh run (Linux and root): the real node beside simulated ones, then what measures beside what waits for
 * minutes, both of which leave most of the machine idle.
 */
export const endToEndPhases: readonly Phase[] = [
  [[vitest('e2e-alone'), vitest('e2e-node')], [vitest('e2e-simulated')]],
  [[vitest('e2e-measured')], [vitest('e2e-outages')]],
];

function command(name: string, program: string, args: string[]): Check {
  return {
    name,
    async run() {
      const code = await run(name, program, args);
      return code === 0 ? onePassed : oneFailed(`exit code ${code}`);
    },
  };
}

function vitest(project: string): Check {
  return {
    name: `${project} tests`,
    async run() {
      const directory = await mkdtemp(join(tmpdir(), 'meshwright-results-'));
      const report = join(directory, 'report.json');
      try {
        const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
        const code = await run(project, 'vitest', ['run', '--project', project, ...reporters]);
        return await readVitestReport(report, code);
      } finally {
        await rm(directory, { recursive: true });
      }
    },
  };
}

async function checkBoundaries(): Promise<Tally> {
  const accepted = await acceptedViolations();
  if (accepted.length === 0) return onePassed;
  return oneFailed(accepted.map((violation) => `A forbidden import was accepted: ${violation}`).join('\n'));
}
