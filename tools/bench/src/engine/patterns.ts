import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ISTIO_VERSION } from '@meshwright/testbed';
import { stringify } from 'yaml';
import { runProgram } from '../programs.ts';

export const patternName = 'bench';

/** A commit, and when it was there; times are milliseconds since 1970. */
export interface Pushed {
  commit: string;
  /** Before `git commit` began. */
  begunAt: number;
  /** When `git push` had ended. */
  pushedAt: number;
}

/** A bare repository that the engine watches, and a working copy to push from. */
export interface PatternsRepository {
  /** Changes the pattern in its labels only, commits and pushes: the least that makes a new rollout. */
  push(revision: number): Promise<Pushed>;
}

/** Makes both. The pattern has only the mesh, with these chart values. */
export async function createPatternsRepository(
  { bare, workingCopy }: { bare: string; workingCopy: string },
  values: Record<string, object>,
): Promise<PatternsRepository> {
  await runProgram('git', ['init', '--quiet', '--bare', '--initial-branch=main', bare]);
  await runProgram('git', ['init', '--quiet', '--initial-branch=main', workingCopy]);
  const git = async (...args: string[]): Promise<string> => {
    const identity = [
      '-c',
      'user.name=Bench',
      '-c',
      'user.email=bench@meshwright.dev',
      '-c',
      'commit.gpgsign=false',
    ];
    const { stdout } = await runProgram('git', [...identity, ...args], { directory: workingCopy });
    return stdout.trim();
  };
  await git('remote', 'add', 'origin', bare);
  await mkdir(join(workingCopy, 'patterns'), { recursive: true });
  return {
    async push(revision) {
      await writeFile(join(workingCopy, 'patterns', `${patternName}.yaml`), patternText(revision, values));
      await git('add', '--all');
      const begunAt = Date.now();
      await git('commit', '--quiet', '--message', `Set revision ${revision}`);
      await git('push', '--quiet', 'origin', 'main');
      const pushedAt = Date.now();
      return { commit: await git('rev-parse', 'HEAD'), begunAt, pushedAt };
    },
  };
}

function patternText(revision: number, values: Record<string, object>): string {
  return stringify({
    apiVersion: 'meshwright.dev/v1alpha1',
    kind: 'Pattern',
    metadata: { name: patternName, labels: { revision: String(revision) } },
    spec: {
      targets: [{ cluster: 'local' }],
      mesh: { type: 'istio', version: ISTIO_VERSION, mode: 'sidecar', values },
    },
  });
}
