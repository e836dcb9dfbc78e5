import { formatReference, type ObjectReference } from '@meshwright/model';
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
  Workload,
} from '@meshwright/plugin-sdk';
import { agents, operator, proxies, relay, ui } from '../names.ts';
import { versionOfImage } from '../versions.ts';

/** Agents, and the proxies beside them, run on every node that wants them, and the operator; all in the mesh's version. */
export async function checkRelease(
  { mesh }: VerifyChange,
  { cluster }: PluginContext,
): Promise<Verification> {
  const [agent, proxy, control] = await Promise.all([
    problemsOf(agents, mesh.version, cluster),
    // Where there is none, the proxy is in the agents' pods.
    problemsOf(proxies, undefined, cluster),
    problemsOf(operator, mesh.version, cluster),
  ]);
  return waitingFor(
    [...(agent ?? [missing(agents)]), ...(proxy ?? []), ...(control ?? [missing(operator)])],
    'agents and operator are ready',
  );
}

/** The parts of Hubble that are there answer. */
export async function checkHubble(_change: VerifyChange, { cluster }: PluginContext): Promise<Verification> {
  const found = await Promise.all(
    [relay, ui].map((deployment) => problemsOf(deployment, undefined, cluster)),
  );
  const parts = found.filter((problems) => problems !== undefined);
  return waitingFor(parts.flat(), parts.length === 0 ? '' : 'Hubble answers');
}

/** What keeps a DaemonSet or a Deployment from being ready in a version; undefined where it is not there. */
async function problemsOf(
  reference: ObjectReference,
  version: string | undefined,
  cluster: ClusterPort,
): Promise<string[] | undefined> {
  const live = await cluster.get(reference);
  if (live === undefined) return undefined;
  const workload = Workload.parse(live);
  const health =
    reference.kind === agents.kind
      ? coverageOf(DaemonSet.parse(live))
      : availabilityOf(Deployment.parse(live));
  return [otherVersion(reference, workload, version), health].filter((problem) => problem !== undefined);
}

function otherVersion(
  reference: ObjectReference,
  { spec }: Workload,
  version: string | undefined,
): string | undefined {
  if (version === undefined) return undefined;
  const [first] = spec.template.spec.containers;
  const running = versionOfImage(first?.image ?? '');
  if (running === undefined || running === version) return undefined;
  return `${formatReference(reference)} is of version ${running}`;
}

function missing(reference: ObjectReference): string {
  return `${formatReference(reference)} is not there`;
}
