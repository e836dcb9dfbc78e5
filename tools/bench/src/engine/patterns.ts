import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
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

/** The mesh that a pattern asks for. */
export interface MeshChoice {
  version: string;
  /** By chart. */
  values: Record<string, object>;
}

/** What a pattern has beside its mesh. */
export interface PatternContent {
  /** Fields of its spec. */
  spec: object;
  /** Files of the repository beside the pattern's own, by their path. */
  files: Readonly<Record<string, string>>;
}

/** A bare repository that the engine watches, and a working copy to push from. */
export interface PatternsRepository {
  /** Changes the pattern in its labels, and in what is given, commits and pushes. Without it, it is the least that makes a new rollout. */
  push(revision: number, change?: { mesh?: MeshChoice; content?: PatternContent }): Promise<Pushed>;
}

/** Makes both. The pattern has only the mesh, of Istio's usual version with these values, until a push changes it. */
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
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(workingCopy, path)), { recursive: true });
    await writeFile(join(workingCopy, path), text);
  };
  await git('remote', 'add', 'origin', bare);
  let now: { mesh: MeshChoice; content: PatternContent } = {
    mesh: { version: ISTIO_VERSION, values },
    content: { spec: {}, files: {} },
  };
  return {
    async push(revision, change = {}) {
      now = { ...now, ...change };
      for (const [path, text] of Object.entries(change.content?.files ?? {})) await write(path, text);
      await write(`patterns/${patternName}.yaml`, patternText(revision, now.mesh, now.content.spec));
      await git('add', '--all');
      const begunAt = Date.now();
      await git('commit', '--quiet', '--message', `Set revision ${revision}`);
      await git('push', '--quiet', 'origin', 'main');
      const pushedAt = Date.now();
      return { commit: await git('rev-parse', 'HEAD'), begunAt, pushedAt };
    },
  };
}

function patternText(revision: number, { version, values }: MeshChoice, spec: object): string {
  return stringify({
    apiVersion: 'meshwright.dev/v1alpha1',
    kind: 'Pattern',
    metadata: { name: patternName, labels: { revision: String(revision) } },
    spec: {
      targets: [{ cluster: 'local' }],
      mesh: { type: 'istio', version, mode: 'sidecar', values },
      ...spec,
    },
  });
}
