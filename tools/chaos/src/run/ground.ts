import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type GitHttpServer, startGitHttpServer } from '@meshwright/git/test-support';
import { editConfiguration, openScene, type Scene } from '@meshwright/quickstart/test-support';
import { stringify } from 'yaml';
import { type AdminAccess, readAccess } from '../proxy/access.ts';
import { type FaultProxy, startFaultProxy } from '../proxy/fault-proxy.ts';
import { startTcpProxy, type TcpProxy } from '../proxy/tcp-proxy.ts';
import { answerOfPod, injectionPolicy, silenceWebhooks } from './injection.ts';
import { standingPolicies } from './policies.ts';
import { openWorker, type Worker } from './worker.ts';

const execute = promisify(execFile);

/** Everything a campaign runs on: one engine on real parts, with something to break between each two of them. */
export interface Ground {
  scene: Scene;
  access: AdminAccess;
  api: FaultProxy;
  temporal: TcpProxy;
  git: GitHttpServer;
  worker: Worker;
  evidence: EvidenceDisk;
  /** Bytes that must never be seen anywhere but where they were planted. */
  secrets: readonly PlantedSecret[];
  stop(): Promise<void>;
}

/** A secret that exists only to be looked for. */
export interface PlantedSecret {
  /** Where the engine has it from. */
  place: string;
  value: string;
}

/** The disk that evidence is kept on. */
export interface EvidenceDisk {
  directory: string;
  /** What "full" means here, for the report. */
  kind: string;
  fill(): Promise<void>;
  free(): Promise<void>;
}

const gitUser = 'chaos';
const gitVariable = 'MESHWRIGHT_CHAOS_GIT_PASSWORD';

/** Brings it up and starts the worker. */
export async function openGround(): Promise<Ground> {
  const scene = await openScene('control-plane', { purpose: 'chaos' });
  try {
    return await groundOn(scene);
  } catch (error) {
    await scene.stop();
    throw error;
  }
}

async function groundOn(scene: Scene): Promise<Ground> {
  const access = await readAccess(scene.testbed.kubeconfig);
  const api = await startFaultProxy(access, answerOfPod);
  const temporal = await startTcpProxy(scene.testbed.temporal?.address ?? '');
  const secrets = [planted('Git password'), planted('Secret of a workload'), planted('Secret of the mesh')];
  const [password = '', ...values] = secrets.map(({ value }) => value);
  const git = await startGitHttpServer(scene.workspace.directory, { username: gitUser, password });
  await configure(scene, { api: api.url, temporal: temporal.address, git: git.url });
  await plantSecrets(scene, values);
  for (const policies of [standingPolicies(), injectionPolicy()]) {
    await scene.kubectl('apply', '--filename', await scene.write(policies));
  }
  const evidence = await openEvidenceDisk(scene);
  const worker = openWorker(scene.workspace, { [gitVariable]: password });
  scene.startStandIn();
  const webhooks = silenceWebhooks(scene);
  await worker.start();
  return {
    scene,
    access,
    api,
    temporal,
    git,
    worker,
    evidence: evidence.disk,
    secrets,
    async stop() {
      await worker.stop();
      await webhooks.stop();
      await Promise.all([api.stop(), temporal.stop(), git.stop()]);
      await evidence.close();
      access.agent.destroy();
      await scene.stop();
    },
  };
}

function planted(place: string): PlantedSecret {
  return { place, value: `canary${randomBytes(16).toString('hex')}` };
}

/** Points the engine at the proxies instead of at the servers. */
async function configure(scene: Scene, urls: { api: string; temporal: string; git: string }): Promise<void> {
  const { workspace, testbed } = scene;
  const kubeconfig = await scene.write(
    stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'local', cluster: { server: urls.api } }],
      users: [{ name: 'local', user: {} }],
      contexts: [{ name: 'local', context: { cluster: 'local', user: 'local' } }],
      'current-context': 'local',
    }),
  );
  const repository = [
    `url: ${urls.git}patterns-repository/.git`,
    'interval: 1s',
    'credentials:',
    `  username: { env: ${gitVariable}_USER }`,
    `  password: { env: ${gitVariable} }`,
  ].join('\n    ');
  process.env[`${gitVariable}_USER`] = gitUser;
  await editConfiguration(workspace, (text) =>
    text
      .replace(`url: ${workspace.repository}`, repository)
      .replace(testbed.kubeconfig, kubeconfig)
      .replace(testbed.temporal?.address ?? '', urls.temporal),
  );
}

async function plantSecrets(scene: Scene, values: readonly string[]): Promise<void> {
  const secrets = values.map((value, place) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: `canary-${place}`, namespace: 'default' },
    stringData: { value },
  }));
  const manifests = secrets.map((secret) => stringify(secret)).join('---\n');
  await scene.kubectl('apply', '--filename', await scene.write(manifests));
}

/** What a full disk is on this machine. */
export function evidenceDiskKind(): string {
  return mayMount()
    ? 'a tmpfs whose size is set to what is used of it'
    : 'a directory that cannot be written, for want of the right to mount a small file system';
}

function mayMount(): boolean {
  return process.platform === 'linux' && process.getuid?.() === 0;
}

/** A file system of its own where this user may mount one. */
async function openEvidenceDisk({
  workspace,
}: Scene): Promise<{ disk: EvidenceDisk; close(): Promise<void> }> {
  const directory = join(workspace.directory, 'evidence');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  if (!mayMount()) return { disk: unwritable(directory), close: () => Promise.resolve() };
  await execute('mount', ['-t', 'tmpfs', '-o', 'size=1g,mode=700', 'meshwright-chaos', directory]);
  const resize = (size: string): Promise<unknown> =>
    execute('mount', ['-o', `remount,size=${size}`, directory]);
  const disk: EvidenceDisk = {
    directory,
    kind: evidenceDiskKind(),
    async fill() {
      const { blocks, bfree, bsize } = await statfs(directory);
      await resize(String(Math.max(1, blocks - bfree) * bsize));
      await expectFull(directory);
    },
    async free() {
      await resize('1g');
    },
  };
  return {
    disk,
    async close() {
      await execute('umount', ['--lazy', directory]);
    },
  };
}

async function expectFull(directory: string): Promise<void> {
  try {
    await writeFile(join(directory, 'probe'), Buffer.alloc(64 * 1024));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return;
    throw error;
  }
  throw new Error('The disk of the evidence is not full: it took a file.');
}

function unwritable(directory: string): EvidenceDisk {
  return {
    directory,
    kind: evidenceDiskKind(),
    async fill() {
      await execute('chmod', ['-R', 'a-w', directory]);
    },
    async free() {
      await execute('chmod', ['-R', 'u+w', directory]);
    },
  };
}
