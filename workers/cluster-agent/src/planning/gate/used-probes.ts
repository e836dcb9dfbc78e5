import {
  type KubernetesObject,
  MeshwrightError,
  type PerformanceProfile,
  type Probe,
  type ProbeReference,
} from '@meshwright/model';
import { z } from 'zod';
import type { Planning } from '../target.ts';
import { fortioPorts } from './fortio-server.ts';

/** The probes that a profile names, as trials are sent from them. */
export interface UsedProbes {
  client: Probe;
  control?: Probe;
}

const Selecting = z.object({
  spec: z.object({ selector: z.object({ matchLabels: z.record(z.string(), z.string()) }) }),
});

/**
 * The probes that a profile names; undefined where it names none, `not-there-yet` where the pattern only brings them.
 * @throws MeshwrightError INVALID_PATTERN for one that is neither on the cluster nor in the pattern.
 */
export async function readUsedProbes(
  planning: Planning,
  { metadata, spec }: PerformanceProfile,
): Promise<UsedProbes | 'not-there-yet' | undefined> {
  const { use } = spec.probes ?? {};
  if (use === undefined) return undefined;
  const read = (reference: ProbeReference) => readProbe(planning, reference, metadata.name);
  const client = await read(use.client);
  const control = use.control === undefined ? undefined : await read(use.control);
  if (client === 'not-there-yet' || control === 'not-there-yet') return 'not-there-yet';
  return { client, ...(control === undefined ? {} : { control }) };
}

async function readProbe(
  { cluster, input, snapshot, context }: Planning,
  { namespace, name }: ProbeReference,
  profile: string,
): Promise<Probe | 'not-there-yet'> {
  const reference = { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name };
  const live = await cluster.get(reference, context.signal);
  if (live !== undefined) {
    return { cluster: input.cluster, namespace, labelSelector: selectorOf(live), port: fortioPorts.http };
  }
  const own = snapshot.workloads.flatMap(({ objects }) => objects);
  const isOwn = own.some(
    ({ kind, metadata }) =>
      kind === 'Deployment' && metadata.name === name && metadata.namespace === namespace,
  );
  if (isOwn) return 'not-there-yet';
  throw new MeshwrightError('INVALID_PATTERN', `The profile ${profile} names a probe that is not there.`, {
    where: `Deployment ${namespace}/${name} on ${input.cluster}`,
    remedy: 'Name a Deployment of `fortio server`, or write probes: { create: true }.',
  });
}

function selectorOf(deployment: KubernetesObject): string {
  const { matchLabels } = Selecting.parse(deployment).spec.selector;
  return Object.entries(matchLabels)
    .map(([label, value]) => `${label}=${value}`)
    .join(',');
}
