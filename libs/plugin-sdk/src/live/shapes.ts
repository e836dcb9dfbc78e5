import { z } from 'zod';

/** What mesh plugins read of live objects; everything else is left aside. */

const text = z.record(z.string(), z.string());

const Container = z.object({
  name: z.string(),
  image: z.string().optional(),
  restartPolicy: z.string().optional(),
  // Null where a chart renders an empty list.
  env: z.array(z.object({ name: z.string(), value: z.string().optional() })).nullish(),
});

export const PodSpec = z.object({
  hostNetwork: z.boolean().optional(),
  containers: z.array(Container),
  initContainers: z.array(Container).optional(),
});
export type PodSpec = z.infer<typeof PodSpec>;

export const Metadata = z.object({
  name: z.string(),
  namespace: z.string().default(''),
  labels: text.default({}),
  annotations: text.default({}),
  creationTimestamp: z.string().optional(),
  deletionTimestamp: z.string().optional(),
  generation: z.number().optional(),
  ownerReferences: z
    .array(z.object({ kind: z.string(), name: z.string(), controller: z.boolean().optional() }))
    .default([]),
});
export type Metadata = z.infer<typeof Metadata>;

const ContainerStatus = z.object({ name: z.string(), ready: z.boolean() });

export const Pod = z.object({
  metadata: Metadata,
  spec: PodSpec,
  status: z
    .object({
      phase: z.string().optional(),
      containerStatuses: z.array(ContainerStatus).optional(),
      initContainerStatuses: z.array(ContainerStatus).optional(),
    })
    .default({}),
});
export type Pod = z.infer<typeof Pod>;

export const PodTemplate = z.object({
  metadata: z
    .object({ labels: text.default({}), annotations: text.default({}) })
    .default({ labels: {}, annotations: {} }),
  spec: PodSpec,
});
export type PodTemplate = z.infer<typeof PodTemplate>;

export const Deployment = z.object({
  metadata: Metadata,
  spec: z.object({ replicas: z.number().default(1), template: PodTemplate }),
  status: z
    .object({
      observedGeneration: z.number().default(0),
      updatedReplicas: z.number().default(0),
      conditions: z
        .array(z.object({ type: z.string(), status: z.string(), message: z.string().optional() }))
        .default([]),
    })
    .default({ observedGeneration: 0, updatedReplicas: 0, conditions: [] }),
});
export type Deployment = z.infer<typeof Deployment>;

/** Deployments, StatefulSets and DaemonSets: what can be rolled. A DaemonSet has as many replicas as nodes want it. */
export const Workload = z.object({
  kind: z.string(),
  metadata: Metadata,
  spec: z.object({ replicas: z.number().default(1), template: PodTemplate }),
  status: z.object({ desiredNumberScheduled: z.number().optional() }).default({}),
});
export type Workload = z.infer<typeof Workload>;

export const DaemonSet = z.object({
  metadata: Metadata,
  spec: z.object({
    updateStrategy: z.object({ type: z.string().default('RollingUpdate') }).prefault({}),
    template: PodTemplate,
  }),
  status: z
    .object({
      observedGeneration: z.number().default(0),
      desiredNumberScheduled: z.number().default(0),
      updatedNumberScheduled: z.number().default(0),
      numberReady: z.number().default(0),
    })
    .default({ observedGeneration: 0, desiredNumberScheduled: 0, updatedNumberScheduled: 0, numberReady: 0 }),
});
export type DaemonSet = z.infer<typeof DaemonSet>;

/** A mutating or validating webhook configuration. */
export const Webhooks = z.object({
  kind: z.string(),
  metadata: Metadata,
  webhooks: z
    .array(
      z.object({
        name: z.string(),
        clientConfig: z.object({
          caBundle: z.string().optional(),
          service: z.object({ name: z.string() }).optional(),
        }),
      }),
    )
    .default([]),
});
export type Webhooks = z.infer<typeof Webhooks>;

export const EndpointSlice = z.object({
  endpoints: z
    .array(z.object({ conditions: z.object({ ready: z.boolean().nullish() }).default({}) }))
    .nullish()
    .transform((endpoints) => endpoints ?? []),
});

/** The tag of an image, without its digest; undefined where it has none. */
export function tagOfImage(image: string): string | undefined {
  const [name = ''] = image.split('@');
  return name.slice(name.lastIndexOf('/') + 1).split(':')[1];
}

/** Why a Deployment does not serve as its spec says; undefined when it does. */
export function availabilityOf({ metadata, spec, status }: Deployment): string | undefined {
  const name = `Deployment ${metadata.namespace}/${metadata.name}`;
  if (spec.replicas === 0) return `${name} is scaled to zero.`;
  if (metadata.generation !== undefined && status.observedGeneration < metadata.generation) {
    return `${name} has a change that is not rolled out yet.`;
  }
  if (status.updatedReplicas < spec.replicas) {
    return `${name} has ${status.updatedReplicas} of ${spec.replicas} pods of its newest state.`;
  }
  const available = status.conditions.find(({ type }) => type === 'Available');
  if (available?.status === 'True') return undefined;
  return `${name} is not available${available?.message === undefined ? '' : `: ${available.message}`}`;
}

/** Why a DaemonSet is not ready in its newest state on every node that wants it; undefined when it is. */
export function coverageOf({ metadata, spec, status }: DaemonSet): string | undefined {
  const called = `DaemonSet ${metadata.namespace}/${metadata.name}`;
  const { desiredNumberScheduled: desired, updatedNumberScheduled: updated, numberReady } = status;
  if (status.observedGeneration < (metadata.generation ?? 0)) {
    return `${called} has a change that is not seen yet`;
  }
  if (updated < desired && spec.updateStrategy.type === 'OnDelete') {
    return `${called} is new on ${updated} of ${desired} nodes: drain the others one by one, and delete the pod of ${metadata.name} on each`;
  }
  const ready = Math.min(numberReady, updated);
  return ready < desired ? `${called} is ready on ${ready} of ${desired} nodes` : undefined;
}
