import { writeFile } from 'node:fs/promises';
import { ISTIO_VERSION, istioctlSettings } from '@meshwright/testbed';
import { stringify } from 'yaml';
import { runProgram } from '../programs.ts';

/** istioctl on one cluster. */
export interface Istioctl {
  /** Installs what Meshwright installs, and waits as istioctl does; gives the milliseconds. */
  install(): Promise<number>;
  /** Removes what carries istioctl's labels; definitions and namespaces stay. */
  uninstall(): Promise<void>;
}

/** Prepares the settings file; the same images, values and components as the pattern's. */
export async function openIstioctl(options: {
  program: string;
  kubeconfig: string;
  settingsFile: string;
  signal: AbortSignal;
}): Promise<Istioctl> {
  const { program, kubeconfig, settingsFile, signal } = options;
  await writeFile(settingsFile, stringify(istioctlSettings(ISTIO_VERSION)));
  const run = (...args: string[]): ReturnType<typeof runProgram> =>
    runProgram(program, [...args, '--skip-confirmation', '--kubeconfig', kubeconfig], { signal });
  return {
    async install() {
      return (await run('install', '--filename', settingsFile)).milliseconds;
    },
    async uninstall() {
      await run('uninstall', '--purge');
    },
  };
}
