import { Command, Option } from '@commander-js/extra-typings';
import { processHost } from '@meshwright/cli';
import { formatError, isMeshwrightError, Phase } from '@meshwright/model';
import { streamProgress } from '@meshwright/testbed';
import { type Quickstart, runQuickstart } from './quickstart.ts';

const program = new Command('npm start --')
  .description(
    'Runs the main job of Meshwright on this machine: a commit installs Istio and enrolls a workload.',
  )
  .option('--once', 'end after the first rollout and leave nothing behind')
  .addOption(
    new Option('--profile <profile>', 'the cluster to bring up').choices(['node', 'control-plane'] as const),
  )
  .option('--kubeconfig <file>', 'use this cluster instead of bringing one up')
  .option('--temporal <host:port>', 'use this Temporal server instead of bringing one up')
  .option('--name <name>', 'the name of the testbed', 'quickstart')
  .option('--no-install', 'refuse to install missing Debian packages')
  .addHelpText(
    'after',
    `
Examples:
  npm start                              everything on this machine, until Ctrl-C
  npm start -- --once                    the same, ending by itself; exit code 0 only when it succeeded
  npm start -- --profile control-plane   simulated pods, without root
  npm start -- --kubeconfig ~/.kube/config --temporal 127.0.0.1:7233`,
  )
  .parse();

const { once = false, profile, kubeconfig, temporal, name, install } = program.opts();
const interruption = new AbortController();
const interrupted = new Promise<void>((resolve) => {
  interruption.signal.addEventListener('abort', () => resolve(), { once: true });
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interruption.abort());

try {
  const quickstart = await runQuickstart({
    name,
    install,
    ...(profile === undefined ? {} : { profile }),
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(temporal === undefined ? {} : { temporal }),
    progress: streamProgress(process.stderr),
    host: processHost(interruption.signal),
  });
  const succeeded = quickstart.status.phase === Phase.succeeded;
  tellWhatHappened(quickstart);
  if (!once) {
    tellWhatNext(quickstart);
    await Promise.race([interrupted, quickstart.engine.ended]);
  }
  await quickstart.stop();
  console.log(finalLine(quickstart));
  process.exit(succeeded ? 0 : 1);
} catch (error) {
  if (interruption.signal.aborted) process.exit(130);
  if (!isMeshwrightError(error)) throw error;
  console.error(formatError(error));
  process.exit(1);
}

function tellWhatHappened({ proof, stage, status }: Quickstart): void {
  if (proof !== undefined) {
    console.log(
      `The client called the server through their sidecars: ${proof.status}, caller ${proof.caller} (mutual TLS).`,
    );
  } else if (status.phase === Phase.succeeded && !stage.real) {
    console.log('The mesh is installed; its pods are simulated on this machine, so no traffic flows.');
  } else if (status.phase !== Phase.succeeded) {
    console.log(`The rollout ended ${status.phase}, for the reason above.`);
  }
}

function tellWhatNext({ stage, workspace }: Quickstart): void {
  const { temporal, kubeconfig } = stage.surroundings;
  const config = `--config ${workspace.configuration}`;
  console.log(`
Temporal UI     ${temporal.ui ?? '(yours)'}
Repository      ${workspace.repository}
Worker's log    ${workspace.log}
Cluster         kubectl --kubeconfig ${kubeconfig} get pods --all-namespaces

Try next:
  npm run meshwright -- rollouts ${config}
  npm run meshwright -- plan ${config} --directory ${workspace.repository}
  edit istio/server-retries.yaml in the repository, commit, and
  npm run meshwright -- watch ${config}

Ctrl-C stops everything and deletes it.`);
}

function finalLine({ status, seconds }: Quickstart): string {
  const { rollout, phase, mesh } = status;
  return JSON.stringify({ rollout, phase, mesh: mesh?.type, version: mesh?.version, seconds });
}
