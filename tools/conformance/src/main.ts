import { Command, Option } from '@commander-js/extra-typings';
import { formatError, isMeshwrightError } from '@meshwright/model';
import { generators } from './generators.ts';
import { conformLoad } from './load.ts';
import { problemsOfReports } from './mesh/check.ts';
import { conformMeshes } from './mesh/conform.ts';
import { meshes } from './mesh/subjects.ts';

const loadIds = generators.map(({ plugin }) => plugin.id);
const meshIds = meshes.map(({ subject }) => subject.plugin.id);

const program = new Command('npm run conformance --')
  .description(
    'Runs the conformance suites of meshes and load generators, and keeps the reports beside the plugins.',
  )
  .addOption(new Option('--only <plugin>', 'this one alone').choices([...meshIds, ...loadIds]))
  .addOption(new Option('--kind <kind>', 'the plugins of one kind').choices(['mesh', 'load']))
  .option('--charts <directory>', 'with charts as <chart>-<version>, for meshes whose charts are there')
  .option(
    '--kubeconfig <file>',
    'of a cluster of simulated nodes that no other test uses; one is started otherwise',
  )
  .option('--stories <directory>', 'keep what the engine told of each mesh there, and its form')
  .option('--no-node', 'do not run the mesh on a real node, which takes minutes and root')
  .option('--check', 'only compare the reports of meshes with the sources')
  .addHelpText(
    'after',
    `
Examples:
  npm run conformance
  npm run conformance -- --kind mesh
  npm run conformance -- --only linkerd --charts ~/charts
  npm run conformance -- --only istio --no-node --stories stories
  npm run conformance -- --check

Charts of Istio and Cilium come with their Go modules; others have to be given, and where they are not, an earlier report
of the same sources stays. On Linux and as root, a mesh whose images are there is also led on a real node.
Leave the machine alone while load generators are tried: trials that it disturbs are not valid and are repeated, four
times at most.
The exit code is 1 when a case has failed, or none was run.`,
  )
  .parse();

const { only, kind, check, charts, kubeconfig, stories, node } = program.opts();
const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interruption.abort());

await main().then(
  (good) => {
    process.exitCode = good ? 0 : 1;
  },
  (error: unknown) => {
    if (!isMeshwrightError(error)) throw error;
    console.error(formatError(error));
    process.exitCode = 1;
  },
);

async function main(): Promise<boolean> {
  if (check === true) return reportsAreRight();
  const wanted = (id: string, of: 'mesh' | 'load'): boolean =>
    (kind === undefined || kind === of) && (only === undefined || only === id);
  const place = {
    ...(charts === undefined ? {} : { charts }),
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(stories === undefined ? {} : { stories }),
    node,
  };
  const chosen = meshes.filter(({ subject }) => wanted(subject.plugin.id, 'mesh'));
  const tallies = [
    await conformMeshes(chosen, place, interruption.signal),
    await conformLoad(
      generators.filter(({ plugin }) => wanted(plugin.id, 'load')),
      interruption.signal,
    ),
  ];
  const ran = tallies.reduce((sum, each) => sum + each.ran, 0);
  const failed = tallies.reduce((sum, each) => sum + each.failed, 0);
  const notRun = tallies.flatMap((each) => each.notRun);
  const left = notRun.length === 0 ? '' : ` Not run: ${notRun.join(', ')}.`;
  console.log(`${ran} cases, ${failed} failed.${left}`);
  return failed === 0 && ran > 0;
}

async function reportsAreRight(): Promise<boolean> {
  const problems = await problemsOfReports();
  for (const problem of problems) console.error(problem);
  if (problems.length === 0) console.log(`The reports of ${meshIds.join(', ')} are those of these sources.`);
  return problems.length === 0;
}
