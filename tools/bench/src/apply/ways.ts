import { fileURLToPath } from 'node:url';
import { MeshwrightError } from '@meshwright/model';
import type { Sample } from '../measuring/arms.ts';
import { runProgram } from '../programs.ts';
import type { ApplyResult, ClusterClient } from '@meshwright/cluster';
import { applyDirectory, applyDirectoryAnew } from './apply-directory.ts';

/** A directory of objects and what is to happen to all of them. */
export interface Work {
  directory: string;
  /** The pattern that owns the objects; kubectl knows no such thing. */
  pattern: string;
  objects: number;
  expected: 'created' | 'unchanged';
}

/** One way to apply a directory of objects. */
export interface Way {
  name: string;
  description: string;
  apply(work: Work): Promise<Sample>;
  /** Starts and ends its program without any work; absent where there is none. */
  start?: () => Promise<Sample>;
}

export interface WayOptions {
  kubectl: string;
  kubeconfig: string;
  /** The connection that is kept, as the engine keeps one for each cluster. */
  client: ClusterClient;
  /** Where kubectl keeps what it discovered. */
  kubectlCache: string;
  signal: AbortSignal;
}

const applyProcess = fileURLToPath(new URL('apply-process.ts', import.meta.url));

export const kubectlName = 'kubectl';
export const engineName = 'meshwright';
const anewName = 'meshwright anew';

/** The ways to compare: kubectl, the engine's, and the engine's over a new connection and as a process from nothing. */
export function applyWays(options: WayOptions): Way[] {
  const { client, kubeconfig } = options;
  return [
    kubectlWay(options),
    engineWay(
      engineName,
      'applyObjects with an inventory in a process that runs, over its kept connection, as the engine does it',
      (work) => applyDirectory(client, work),
    ),
    engineWay(anewName, 'the same over a new connection that has to discover what is served', (work) =>
      applyDirectoryAnew(kubeconfig, work),
    ),
    processWay(options),
  ];
}

function kubectlWay({ kubectl, kubeconfig, kubectlCache, signal }: WayOptions): Way {
  const connection = ['--kubeconfig', kubeconfig, '--cache-dir', kubectlCache];
  return {
    name: kubectlName,
    description: 'kubectl apply --server-side -f <directory>, a process with warm discovery files',
    async apply({ directory, objects }) {
      const args = [...connection, 'apply', '--server-side', '--field-manager=bench', '-f', directory];
      const { milliseconds, stdout } = await runProgram(kubectl, args, { signal });
      requireAll(kubectlName, stdout.match(/serverside-applied$/gm)?.length, objects);
      return { value: milliseconds };
    },
    async start() {
      const { milliseconds } = await runProgram(kubectl, ['version', '--client'], { signal });
      return { value: milliseconds };
    },
  };
}

function engineWay(name: string, description: string, applyAll: (work: Work) => Promise<ApplyResult>): Way {
  return {
    name,
    description,
    async apply(work) {
      const begun = performance.now();
      const result = await applyAll(work);
      const value = performance.now() - begun;
      requireAll(name, result[work.expected], work.objects);
      return { value };
    },
  };
}

function processWay({ kubeconfig, signal }: WayOptions): Way {
  const name = `${engineName} process`;
  return {
    name,
    description: 'the same as a new Node process each time, its start included',
    async apply({ directory, pattern, objects, expected }) {
      const args = [applyProcess, kubeconfig, directory, pattern];
      const { milliseconds, stdout } = await runProgram(process.execPath, args, { signal });
      const did = JSON.parse(stdout) as { created: number; unchanged: number; applyMs: number };
      requireAll(name, did[expected], objects);
      return {
        value: milliseconds,
        details: { apply: did.applyMs, processStart: milliseconds - did.applyMs },
      };
    },
    async start() {
      const { milliseconds } = await runProgram(process.execPath, [applyProcess], { signal });
      return { value: milliseconds };
    },
  };
}

/** A figure for work that was not done is none. */
function requireAll(name: string, done: number | undefined, objects: number): void {
  if (done === objects) return;
  throw new MeshwrightError('INTERNAL', `${name} dealt with ${done ?? 0} of ${objects} objects as expected.`);
}
