import type { ObjectReference } from '@meshwright/model';
import {
  availabilityOf,
  type ClusterPort,
  coverageOf,
  DaemonSet,
  Deployment,
  type PluginContext,
  type Verification,
  type VerifyChange,
  waitingFor,
} from '@meshwright/plugin-sdk';
import { agents, operator, proxies, relay, ui } from '../names.ts';
import { versionOfImage } from '../versions.ts';

/** Agents, and the proxies beside them, run on every node that wants them, and the operator; all in the mesh's version. */
export async function checkRelease(
  { mesh }: VerifyChange,
  { cluster }: PluginContext,
): Promise<Verification> {
  const [agent, proxy, control] = await Promise.all([
    daemonSetProblems(agents, mesh.version, cluster),
    // Where there is none, the proxy is in the agents' pods.
    daemonSetProblems(proxies, undefined, cluster),
    deploymentProblems(operator, mesh.version, cluster),
  ]);
  return waitingFor(
    [...(agent ?? [missing(agents)]), ...(proxy ?? []), ...(control ?? [missing(operator)])],
    'agents and operator are ready',
  );
}

/** The parts of Hubble that are there answer. */
export async function checkHubble(_change: VerifyChange, { cluster }: PluginContext): Promise<Verification> {
  const found = await Promise.all(
    [relay, ui].map((deployment) => deploymentProblems(deployment, undefined, cluster)),
  );
  const parts = found.filter((problems) => problems !== undefined);
  return waitingFor(parts.flat(), parts.length === 0 ? '' : 'Hubble answers');
}

/** What keeps a DaemonSet from being ready in a version; undefined where it is not there. */
async function daemonSetProblems(
  reference: ObjectReference,
  version: string | undefined,
  cluster: ClusterPort,
): Promise<string[] | undefined> {
  const live = await cluster.get(reference);
  if (live === undefined) return undefined;
  const daemonSet = DaemonSet.parse(live);
  return [otherVersion(reference, daemonSet, version), coverageOf(daemonSet)].filter(
    (problem) => problem !== undefined,
  );
}

/** As {@link daemonSetProblems}, of a Deployment. */
async function deploymentProblems(
  reference: ObjectReference,
  version: string | undefined,
  cluster: ClusterPort,
): Promise<string[] | undefined> {
  const live = await cluster.get(reference);
  if (live === undefined) return undefined;
  const deployment = Deployment.parse(live);
  return [otherVersion(reference, deployment, version), availabilityOf(deployment)].filter(
    (problem) => problem !== undefined,
  );
}

function otherVersion(
  reference: ObjectReference,
  { spec }: DaemonSet | Deployment,
  version: string | undefined,
): string | undefined {
  if (version === undefined) return undefined;
  const [first] = spec.template.spec.containers;
  const running = versionOfImage(first?.image ?? '');
  if (running === undefined || running === version) return undefined;
  return `${called(reference)} is of version ${running}`;
}

function missing(reference: ObjectReference): string {
  return `${called(reference)} is not there`;
}

function called({ kind, namespace = '', name }: ObjectReference): string {
  return `${kind} ${namespace}/${name}`;
}
