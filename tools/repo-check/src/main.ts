import { appendFile, readFile } from 'node:fs/promises';
import { endToEndPhases, type Lane, type Phase, testPhases } from './checks.ts';
import { formatTally, isSuccess, sumTallies, type Tally } from './tally.ts';

const usage = `Usage: repo-check test | e2e | total

  test   every check that needs no root: format, types, lint, import rules, unused code, unit, integration, replay
  e2e    the real-mesh run (Linux, root)
  total  the sum of the runs whose tallies stand in the file named by REPO_CHECK_TALLIES

The last line is "N passed, N failed, N skipped"; the exit code is 0 only when nothing failed and something passed.`;

const tallyFile = process.env.REPO_CHECK_TALLIES;

interface Ran {
  name: string;
  tally: Tally;
  seconds: number;
}

async function runPhases(phases: readonly Phase[]): Promise<Tally> {
  const ran: Ran[] = [];
  for (const lanes of phases) ran.push(...(await Promise.all(lanes.map(runLane))).flat());
  console.log('');
  for (const { name, tally, seconds } of ran) {
    console.log(
      `${tally.failed === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds.toFixed(0)} s): ${formatTally(tally)}`,
    );
  }
  return sumTallies(ran.map(({ tally }) => tally));
}

async function runLane(lane: Lane): Promise<Ran[]> {
  const ran: Ran[] = [];
  for (const check of lane) {
    console.log(`\n== ${check.name}`);
    const start = performance.now();
    const { failures, ...counts } = await check.run();
    const tally = { ...counts, failures: failures.map((failure) => `${check.name}: ${failure}`) };
    ran.push({ name: check.name, tally, seconds: (performance.now() - start) / 1000 });
  }
  return ran;
}

async function readTallies(path: string): Promise<Tally> {
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');
  return sumTallies(lines.map((line) => JSON.parse(line) as Tally));
}

async function main(command: string | undefined): Promise<number> {
  let tally: Tally;
  if (command === 'test') tally = await runPhases(testPhases);
  else if (command === 'e2e') tally = await runPhases(endToEndPhases);
  else if (command === 'total' && tallyFile !== undefined) tally = await readTallies(tallyFile);
  else {
    console.error(usage);
    return 2;
  }
  if (tallyFile !== undefined && command !== 'total')
    await appendFile(tallyFile, `${JSON.stringify(tally)}\n`);
  for (const failure of tally.failures) console.log(`\nFailed: ${failure}`);
  console.log(formatTally(tally));
  return isSuccess(tally) ? 0 : 1;
}

process.exitCode = await main(process.argv[2]);
