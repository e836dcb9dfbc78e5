import { fieldManager } from '@meshwright/cluster';
import type { Sample } from '../measuring/arms.ts';
import { runProgram } from '../programs.ts';
import type { UpgradeFiles } from './manifests.ts';
import { workloadNames, workloadNamespace } from './workloads.ts';

const timeout = '--timeout=300s';

/** What the script is given. */
export interface UpgradeScript {
  kubectl: string;
  kubeconfig: string;
  files: UpgradeFiles;
  /** The Deployment of the control plane that comes. */
  controlPlane: string;
  signal: AbortSignal;
}

/** A canary upgrade by kubectl, one step after the other, as a person's script does it; the time of each step is a detail. */
export async function runScript(script: UpgradeScript): Promise<Sample> {
  const { kubectl, kubeconfig, files, controlPlane, signal } = script;
  const details: Record<string, number> = {};
  const run = async (step: string, args: string[]): Promise<string> => {
    const { milliseconds, stdout } = await runProgram(kubectl, ['--kubeconfig', kubeconfig, ...args], {
      signal,
    });
    details[step] = (details[step] ?? 0) + milliseconds;
    return stdout;
  };
  // As Meshwright, so that its next plan finds what it applied itself.
  const apply = ['apply', '--server-side', `--field-manager=${fieldManager}`, '--filename'];
  const here = ['--namespace', workloadNamespace];
  const deployments = workloadNames.map((name) => `deployment/${name}`);
  const begun = performance.now();
  await run('definitions', [...apply, files.definitions]);
  await run('control plane', [...apply, files.controlPlane]);
  const status = ['rollout', 'status', timeout];
  await run('control plane ready', [...status, '--namespace=istio-system', `deployment/${controlPlane}`]);
  await run('tag', [...apply, files.tag]);
  const before = (await run('restart', ['get', 'pods', ...here, '--output=name'])).trim().split('\n');
  await run('restart', ['rollout', 'restart', ...here, ...deployments]);
  for (const deployment of deployments) await run('workloads ready', [...status, ...here, deployment]);
  await run('old pods gone', ['wait', '--for=delete', timeout, ...here, ...before]);
  await run('old control plane', ['delete', '--filename', files.old, timeout]);
  return { value: performance.now() - begun, details };
}
