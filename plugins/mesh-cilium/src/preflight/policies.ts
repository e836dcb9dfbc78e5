import { gte } from 'semver';
import { z } from 'zod';
import { formatReference, type KubernetesObject, referenceOf } from '@meshwright/model';
import type { ClusterPort } from '@meshwright/plugin-sdk';
import { fine, type Rule } from './finding.ts';

/** Rules of Envoy's Go extensions, which Cilium 1.20 has no more (upgrade notes of 1.20). */
const removed = { since: '1.20.0', fields: ['kafka', 'l7', 'l7proto'] as const };

const Ports = z.array(
  z.object({
    toPorts: z
      .array(z.object({ rules: z.record(z.string(), z.unknown()).optional() }))
      .nullish()
      .transform((ports) => ports ?? []),
  }),
);
const Rules = z.object({ ingress: Ports.nullish(), egress: Ports.nullish() });
const Policy = z.object({ spec: Rules.nullish(), specs: z.array(Rules).nullish() });

/** No policy says what the wanted version has no more: such a policy would have no effect. */
export const policies: Rule = {
  title: 'Policies are what the new version reads',
  look: async (change, { version }, cluster) => {
    const live = await readPolicies(cluster);
    const held = [
      ...change.snapshot.resources,
      ...change.snapshot.workloads.flatMap(({ objects }) => objects),
    ];
    const all = [...live, ...held.filter(isPolicy)];
    const looked = `${all.length} policies`;
    if (!gte(version, removed.since)) return fine(looked);
    return { ...fine(looked), failures: [...new Set(all.flatMap(refusals))] };
  },
};

async function readPolicies(cluster: ClusterPort): Promise<KubernetesObject[]> {
  const kinds = ['CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy'];
  return (await Promise.all(kinds.map((kind) => cluster.list({ apiVersion: 'cilium.io/v2', kind })))).flat();
}

function isPolicy({ apiVersion, kind }: KubernetesObject): boolean {
  return apiVersion.startsWith('cilium.io/') && kind.endsWith('NetworkPolicy');
}

function refusals(object: KubernetesObject): string[] {
  const policy = Policy.safeParse(object);
  // What the definition lets through and is not of this form is for Cilium's own check, on the nodes.
  if (!policy.success) return [];
  const { spec, specs } = policy.data;
  const rules = [spec, ...(specs ?? [])].flatMap((each) => [
    ...(each?.ingress ?? []),
    ...(each?.egress ?? []),
  ]);
  const used = removed.fields.filter((field) =>
    rules.some(({ toPorts }) => toPorts.some((port) => port.rules?.[field] !== undefined)),
  );
  if (used.length === 0) return [];
  return [
    `${formatReference(referenceOf(object))} has rules of ${used.join(', ')}, which Cilium ${removed.since} has no more: take them out of its toPorts.`,
  ];
}
