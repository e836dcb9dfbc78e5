import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { messageOf } from '@meshwright/model';
import { ISTIO_UPGRADE_VERSION, ISTIO_VERSION, KUBERNETES_VERSION } from '@meshwright/testbed';
import { type ChaosReport, type Conditions, isGood, reportOf, type StepResult } from './report/report.ts';
import { stepLine, summaryOf } from './report/text.ts';
import { runCampaign } from './run/campaign.ts';
import { evidenceDiskKind, type Ground, openGround } from './run/ground.ts';
import { faultKind, faultNames } from './scenario/faults.ts';
import { scenarioOf, type Step } from './scenario/scenario.ts';

const attemptsToOpen = 3;
const program = new Command('npm run chaos --')
  .description(
    'Injects faults into a whole engine on real parts, and has an independent reader check the invariants.',
  )
  .option('--seed <n>', 'the whole scenario follows from it', wholeNumber, 1)
  .option('--faults <n>', 'how many', wholeNumber)
  .option('--quick', 'one of each kind that is quick: for continuous integration', false)
  .addOption(new Option('--only <fault>', 'this kind alone').choices(faultNames))
  .option(
    '--step <n>',
    'this step of the seed alone, on what the steps before it would have left',
    wholeNumber,
  )
  .option(
    '--grounds <n>',
    'share the steps among so many engines with a cluster each, side by side',
    wholeNumber,
    1,
  )
  .option('--report <file>', 'write the report as JSON')
  .addHelpText(
    'after',
    `
Faults:
${faultNames.map((name) => `  ${name.padEnd(35)}${faultKind(name).title}`).join('\n')}

Examples:
  npm run chaos -- --quick
  npm run chaos -- --seed 42 --report chaos.json
  npm run chaos -- --seed 42 --step 17
  npm run chaos -- --only kill-before-apply --faults 5

The exit code is 1 when an invariant is broken, an operation did not recover, or a fault never struck.`,
  )
  .parse();

const { seed, quick, only, step: single, grounds, report: reportFile } = program.opts();
const quickCount = faultNames.filter((name) => faultKind(name).quick !== undefined).length;
const faults = program.opts().faults ?? (quick ? quickCount : only === undefined ? 200 : 3);
const scenario = scenarioOf({ seed, faults, quick, ...(only === undefined ? {} : { only }) });
const steps = single === undefined ? scenario : scenario.filter(({ index }) => index === single);
const report = await run(steps);
console.log(`\n${summaryOf(report)}`);
process.exit(isGood(report) && report.steps.length === steps.length ? 0 : 1);

/** The report is written after every step, so that an interrupted run leaves the figures it has. */
async function run(planned: readonly Step[]): Promise<ChaosReport> {
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interruption.abort());
  const startedAt = new Date().toISOString();
  const told: StepResult[] = [];
  const tell = (result: StepResult): void => {
    told.push(result);
    console.log(stepLine(result, planned.length));
    if (reportFile === undefined) return;
    writeFileSync(
      reportFile,
      `${JSON.stringify(reportOf(conditionsSince(startedAt), told), undefined, 2)}\n`,
    );
  };
  console.log(`Seed ${seed}: ${planned.length} faults. Bringing up the parts.`);
  const share = Math.ceil(planned.length / grounds);
  const campaigns = Array.from({ length: grounds }, (_, place) =>
    campaign(planned.slice(place * share, (place + 1) * share), tell, interruption.signal),
  );
  await Promise.all(campaigns);
  return reportOf(conditionsSince(startedAt), told);
}

async function campaign(
  own: readonly Step[],
  tell: (result: StepResult) => void,
  signal: AbortSignal,
): Promise<void> {
  try {
    const ground = await openPatiently();
    try {
      await runCampaign(ground, { steps: own, repeat: repeatOf, tell, signal });
    } finally {
      await ground.stop();
    }
  } catch (error) {
    // The others go on; a run with steps missing does not end well.
    console.error('A ground could not be used:', error);
  }
}

/** A port that was free when it was chosen may be taken by the time a server wants it. */
async function openPatiently(): Promise<Ground> {
  for (let attempt = 1; attempt < attemptsToOpen; attempt += 1) {
    try {
      return await openGround();
    } catch (error) {
      console.error(`A ground could not be opened, and is tried again: ${messageOf(error)}`);
    }
  }
  return openGround();
}

function conditionsSince(startedAt: string): Conditions {
  return {
    seed,
    startedAt,
    finishedAt: new Date().toISOString(),
    grounds,
    cores: cpus().length,
    node: process.version,
    kubernetes: KUBERNETES_VERSION,
    istio: [ISTIO_VERSION, ISTIO_UPGRADE_VERSION],
    evidenceDisk: evidenceDiskKind(),
  };
}

function repeatOf({ index }: Step): string {
  const kind = only === undefined ? '' : ` --only ${only}`;
  return `npm run chaos -- --seed ${seed} --faults ${faults}${quick ? ' --quick' : ''}${kind} --step ${index}`;
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new InvalidArgumentError('Write a whole number above 0.');
}
