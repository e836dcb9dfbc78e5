import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parseDocument, stringify } from 'yaml';

const execute = promisify(execFile);
const examples = fileURLToPath(new URL('../../../examples', import.meta.url));

/** The files of one quickstart: a patterns repository, the engine's configuration, its evidence and log. */
export interface Workspace {
  directory: string;
  repository: string;
  configuration: string;
  log: string;
}

/** What the configuration needs to know of the machine. */
export interface Surroundings {
  kubeconfig: string;
  temporal: { address: string; namespace: string; ui?: string };
  helm: string;
  /** Directories of charts, by the mesh they are of; without one, the mesh's public repository. */
  charts?: Readonly<Record<string, string>>;
}

/** The workspace below a directory; nothing is written yet. */
export function workspaceIn(directory: string): Workspace {
  return {
    directory,
    repository: join(directory, 'patterns-repository'),
    configuration: join(directory, 'meshwright.yaml'),
    log: join(directory, 'meshwright.log'),
  };
}

/** Writes `meshwright.yaml` for these surroundings. */
export async function writeConfiguration(workspace: Workspace, surroundings: Surroundings): Promise<void> {
  const { kubeconfig, temporal, helm, charts = {} } = surroundings;
  const meshes = Object.entries(charts).map(([mesh, directory]) => [mesh, { charts: { directory } }]);
  const configuration = {
    temporal,
    repositories: [{ name: 'patterns', url: workspace.repository }],
    targets: [{ name: 'local', kubeconfig }],
    ...(meshes.length === 0 ? {} : { meshes: Object.fromEntries(meshes) as object }),
    charts: { helm, cache: join(workspace.directory, 'charts') },
    evidence: { directory: join(workspace.directory, 'evidence') },
  };
  await mkdir(workspace.directory, { recursive: true, mode: 0o700 });
  await writeFile(workspace.configuration, stringify(configuration), { mode: 0o600 });
}

/** How the example differs on this machine. */
export interface ExampleChanges {
  /** Chart values that the machine's images need, by chart. */
  values: Record<string, Record<string, unknown>>;
  /** Where pods are only simulated, no sidecar runs and no webhook of the mesh answers: only the mesh itself is kept. */
  simulated: boolean;
}

/**
 * Copies `examples/` into the repository and commits it, or commits again when the repository is there and something
 * changed. Gives the commit and the name of its pattern.
 */
export async function commitExample(
  workspace: Workspace,
  changes: ExampleChanges,
): Promise<{ commit: string; pattern: string }> {
  const { repository } = workspace;
  await mkdir(repository, { recursive: true });
  await git(repository, ['init', '--quiet', '--initial-branch=main']);
  await cp(examples, repository, { recursive: true });
  const pattern = await adaptPattern(join(repository, 'patterns', 'checkout-mesh.yaml'), changes);
  await git(repository, ['add', '--all']);
  if ((await git(repository, ['status', '--porcelain'])) !== '') {
    await git(repository, [
      'commit',
      '--quiet',
      '--message',
      'Install Istio and enroll the checkout service',
    ]);
  }
  return { commit: await git(repository, ['rev-parse', 'HEAD']), pattern };
}

async function adaptPattern(path: string, { values, simulated }: ExampleChanges): Promise<string> {
  const document = parseDocument(await readFile(path, 'utf8'));
  document.setIn(['spec', 'mesh', 'values'], document.createNode(values));
  if (simulated) {
    document.setIn(['spec', 'workloads', 0, 'enroll'], false);
    document.deleteIn(['spec', 'security']);
    document.deleteIn(['spec', 'resources']);
  }
  await writeFile(path, document.toString());
  return String(document.getIn(['metadata', 'name']));
}

async function git(directory: string, args: string[]): Promise<string> {
  const identity = ['-c', 'user.name=Meshwright quickstart', '-c', 'user.email=quickstart@meshwright.dev'];
  const { stdout } = await execute('git', [...identity, '-c', 'commit.gpgsign=false', ...args], {
    cwd: directory,
  });
  return stdout.trim();
}
