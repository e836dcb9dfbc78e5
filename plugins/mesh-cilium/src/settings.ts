import { z } from 'zod';
import type { KubernetesObject, ObjectReference } from '@meshwright/model';
import { type ClusterPort, ourManager } from '@meshwright/plugin-sdk';
import { agents, operator, proxies, relay, settings, ui } from './names.ts';

/** Who reads settings only when it starts. */
const readers: readonly { name: string; workloads: readonly ObjectReference[] }[] = [
  { name: settings.name, workloads: [agents, operator] },
  { name: 'cilium-envoy-config', workloads: [proxies] },
  { name: 'hubble-relay-config', workloads: [relay] },
  { name: 'hubble-ui-nginx', workloads: [ui] },
];

/**
 * The live workloads that would go on with settings of before, because nothing but the settings changes: what comes with
 * another image, or with the checksum of its settings (`rollOutPods` and its like), rolls by itself.
 */
export async function readersToRestart(
  rendered: readonly KubernetesObject[],
  cluster: ClusterPort,
): Promise<ObjectReference[]> {
  const restarts: ObjectReference[] = [];
  for (const { name, workloads } of readers) {
    if ((await differences(name, rendered, cluster)).length === 0) continue;
    for (const workload of workloads) {
      const wanted = rendered.find(({ kind, metadata }) => isNamed(workload, kind, metadata.name));
      const live = wanted === undefined ? undefined : await cluster.get(workload);
      if (wanted !== undefined && live !== undefined && !rollsByItself(wanted, live)) restarts.push(workload);
    }
  }
  return restarts;
}

/** The settings of Cilium itself that would change, as `key: before -> after`. */
export async function settingsThatChange(
  rendered: readonly KubernetesObject[],
  cluster: ClusterPort,
): Promise<string[]> {
  return differences(settings.name, rendered, cluster);
}

/** Of what is rendered, and of what we had applied; what others added by hand stays theirs. */
async function differences(
  name: string,
  rendered: readonly KubernetesObject[],
  cluster: ClusterPort,
): Promise<string[]> {
  const wanted = rendered.find(({ kind, metadata }) => isNamed({ ...settings, name }, kind, metadata.name));
  const live = await cluster.get({ ...settings, name });
  if (wanted === undefined || live === undefined) return [];
  const [after, before] = [Settings.parse(wanted), Settings.parse(live)];
  const known = new Set([...Object.keys(after.data), ...appliedKeys(before)]);
  return [...known]
    .sort()
    .filter((key) => after.data[key] !== before.data[key])
    .map((key) => `${key}: ${shown(before.data[key])} -> ${shown(after.data[key])}`);
}

const Settings = z.object({
  data: z.record(z.string(), z.string()).default({}),
  metadata: z.object({
    managedFields: z
      .array(
        z.object({
          manager: z.string().default(''),
          fieldsV1: z.object({ 'f:data': z.record(z.string(), z.unknown()).default({}) }).prefault({}),
        }),
      )
      .default([]),
  }),
});

function appliedKeys({ metadata }: z.infer<typeof Settings>): string[] {
  return metadata.managedFields
    .filter(({ manager }) => manager === ourManager)
    .flatMap(({ fieldsV1 }) => Object.keys(fieldsV1['f:data']))
    .filter((field) => field.startsWith('f:'))
    .map((field) => field.slice('f:'.length));
}

const Templated = z.object({
  spec: z.object({
    template: z.object({
      // Null where a chart renders an empty map.
      metadata: z.object({ annotations: z.record(z.string(), z.string()).nullish() }).prefault({}),
      spec: z.object({ containers: z.array(z.object({ image: z.string().default('') })) }),
    }),
  }),
});

function rollsByItself(wanted: KubernetesObject, live: KubernetesObject): boolean {
  const [after, before] = [wanted, live].map((object) => Templated.parse(object).spec.template);
  const hasChecksum = Object.keys(after?.metadata.annotations ?? {}).some((key) =>
    key.endsWith('configmap-checksum'),
  );
  const images = (template: typeof after) => template?.spec.containers.map(({ image }) => image).join(' ');
  return hasChecksum || images(after) !== images(before);
}

function isNamed(reference: ObjectReference, kind: string, name: string): boolean {
  return reference.kind === kind && reference.name === name;
}

const longestShown = 80;

function shown(value: string | undefined): string {
  if (value === undefined) return '(absent)';
  return value.length > longestShown ? `${value.slice(0, longestShown)}…` : JSON.stringify(value);
}
