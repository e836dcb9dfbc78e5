import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { ISTIO_VERSION } from '@meshwright/testbed';
import { stringify } from 'yaml';
import type { Stage } from '../surroundings.ts';

const execute = promisify(execFile);

/** What a test wants to be different from the plain pattern: Istio, and one namespace with what lies in `apps`. */
export interface PatternChanges {
  version?: string;
  upgrade?: string;
  values?: Record<string, object>;
  manifests?: object[];
  /** What becomes of a change whose stage fails; it takes itself back unless told. */
  onFailure?: 'rollback' | 'stop';
  /** True holds the rollout between its plan and its change, until somebody approves. */
  approval?: boolean;
}

/** One commit and what it asks for. */
export interface Committed {
  commit: string;
  pattern: string;
  /** The namespace of its workloads. */
  namespace: string;
  path: string;
}

/** A patterns repository with a working copy. */
export interface PatternsRepository {
  directory: string;
  /** Commits a pattern of a new name as the only one. */
  commitPattern(changes?: PatternChanges): Promise<Committed>;
  /** Writes files (undefined: removes them) and commits; gives the commit. */
  commitFiles(files: Record<string, string | undefined>, ...options: string[]): Promise<string>;
  git(...args: string[]): Promise<string>;
}

/** Makes an empty repository. */
export async function createPatternsRepository(
  directory: string,
  { changes }: Pick<Stage, 'changes'>,
): Promise<PatternsRepository> {
  const git = async (...args: string[]): Promise<string> => {
    const identity = [
      '-c',
      'user.name=Ada',
      '-c',
      'user.email=ada@example.com',
      '-c',
      'commit.gpgsign=false',
    ];
    const { stdout } = await execute('git', [...identity, ...args], { cwd: directory });
    return stdout.trim();
  };
  await mkdir(directory, { recursive: true });
  await git('init', '--quiet', '--initial-branch=main');
  const repository: PatternsRepository = {
    directory,
    git,
    async commitPattern(wanted = {}) {
      const pattern = `mesh-${randomBytes(3).toString('hex')}`;
      await git('rm', '-r', '--quiet', '--ignore-unmatch', '.');
      const files = patternFiles(pattern, wanted, changes.values);
      const path = `patterns/${pattern}.yaml`;
      return { commit: await repository.commitFiles(files), pattern, namespace: pattern, path };
    },
    async commitFiles(files, ...options) {
      for (const [path, content] of Object.entries(files)) {
        const file = join(directory, path);
        if (content === undefined) {
          await rm(file);
          continue;
        }
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, content);
      }
      await git('add', '--all');
      const message = options.includes('--message')
        ? []
        : ['--message', `Change ${Object.keys(files)[0] ?? 'nothing'}`];
      await git('commit', '--quiet', '--allow-empty', ...message, ...options);
      return git('rev-parse', 'HEAD');
    },
  };
  return repository;
}

/** The files of one pattern, by path; `defaults` are the chart values that the machine's images need. */
export function patternFiles(
  name: string,
  {
    version = ISTIO_VERSION,
    upgrade = 'canary',
    values = {},
    manifests = [settings()],
    approval = false,
    onFailure,
  }: PatternChanges,
  defaults: Record<string, object> = {},
): Record<string, string> {
  const pattern = {
    apiVersion: 'meshwright.dev/v1alpha1',
    kind: 'Pattern',
    metadata: { name },
    spec: {
      targets: [{ cluster: 'local' }],
      mesh: { type: 'istio', version, mode: 'sidecar', upgrade, values: { ...defaults, ...values } },
      workloads: [{ namespace: name, enroll: false, manifests: [`apps/${name}/*.yaml`] }],
      ...(approval ? { approval: { required: true } } : {}),
      ...(onFailure === undefined ? {} : { change: { onFailure } }),
    },
  };
  return {
    [`patterns/${name}.yaml`]: stringify(pattern),
    [`apps/${name}/objects.yaml`]: manifests.map((manifest) => stringify(manifest)).join('---\n'),
  };
}

/** The least that a namespace can hold. */
export function settings(): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { colour: 'green' } };
}

/** A workload of one pod. */
export function workload(name: string, image: string): object {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'main', image }] } },
    },
  };
}
