import { z } from 'zod';
import { LabelSelector } from './labels.ts';

/** What the rules read of an object's `spec`, or of what stands in its place. */

const texts = z.record(z.string(), z.string());
const names = z.array(z.string()).default([]);

const Destination = z.object({
  host: z.string(),
  subset: z.string().default(''),
  port: z.object({ number: z.number().optional() }).default({}),
});
export type Destination = z.infer<typeof Destination>;

const Routes = z
  .array(
    z.object({
      route: z.array(z.object({ destination: Destination })).default([]),
      mirror: Destination.optional(),
      mirrors: z.array(z.object({ destination: Destination })).default([]),
      delegate: z.object({ name: z.string(), namespace: z.string().optional() }).optional(),
    }),
  )
  .default([]);

export const VirtualService = z.object({
  hosts: names,
  gateways: names,
  exportTo: names,
  http: Routes,
  tls: Routes,
  tcp: Routes,
});
export type VirtualService = z.infer<typeof VirtualService>;

const Policy = z
  .object({
    tls: z.object({ mode: z.string().default('') }).optional(),
    portLevelSettings: z
      .array(z.object({ tls: z.object({ mode: z.string().default('') }).optional() }))
      .default([]),
  })
  .default({ portLevelSettings: [] });

export const DestinationRule = z.object({
  host: z.string(),
  exportTo: names,
  trafficPolicy: Policy,
  subsets: z.array(z.object({ name: z.string(), trafficPolicy: Policy })).default([]),
});
export type DestinationRule = z.infer<typeof DestinationRule>;

const Server = z.object({
  port: z.object({ number: z.number(), protocol: z.string().default('') }),
  hosts: names,
  bind: z.string().default(''),
});

export const Gateway = z.object({ selector: texts.default({}), servers: z.array(Server).default([]) });
export type Gateway = z.infer<typeof Gateway>;

export const ServiceEntry = z.object({ hosts: names, exportTo: names });
export type ServiceEntry = z.infer<typeof ServiceEntry>;

export const Sidecar = z
  .object({ workloadSelector: z.object({ labels: texts.default({}) }).default({ labels: {} }) })
  .prefault({});
export type Sidecar = z.infer<typeof Sidecar>;

const Source = z.looseObject({ namespaces: names, notNamespaces: names });
const Rule = z.object({
  from: z.array(z.object({ source: Source.prefault({}) })).default([]),
  to: z.array(z.object({ operation: z.looseObject({}).prefault({}) })).default([]),
  when: z.array(z.object({ key: z.string() })).default([]),
});
export const AuthorizationPolicy = z
  .object({ targetRefs: z.array(z.unknown()).default([]), rules: z.array(Rule).default([]) })
  .prefault({});
export type AuthorizationPolicy = z.infer<typeof AuthorizationPolicy>;

export const PeerAuthentication = z
  .object({
    selector: z.object({ matchLabels: texts.default({}) }).optional(),
    mtls: z.object({ mode: z.string().default('UNSET') }).prefault({}),
  })
  .prefault({});
export type PeerAuthentication = z.infer<typeof PeerAuthentication>;

export const Service = z.object({
  type: z.string().default('ClusterIP'),
  selector: texts.default({}),
  ports: z
    .array(
      z.object({
        name: z.string().default(''),
        port: z.number(),
        protocol: z.string().default('TCP'),
        appProtocol: z.string().optional(),
        targetPort: z.union([z.number(), z.string()]).optional(),
      }),
    )
    .default([]),
});
export type Service = z.infer<typeof Service>;

const Container = z.object({
  name: z.string(),
  image: z.string().optional(),
  command: names,
  args: names,
  env: z.array(z.object({ name: z.string(), value: z.string().optional() })).default([]),
});

export const Workload = z.object({
  replicas: z.number().optional(),
  paused: z.boolean().default(false),
  updateStrategy: z.object({ type: z.string().default('RollingUpdate') }).default({ type: 'RollingUpdate' }),
  template: z.object({
    metadata: z
      .object({ labels: texts.default({}), annotations: texts.default({}) })
      .default({ labels: {}, annotations: {} }),
    spec: z.object({ hostNetwork: z.boolean().optional(), containers: z.array(Container) }),
  }),
});
export type Workload = z.infer<typeof Workload>;

const Amount = z.union([z.number(), z.string()]);
export const DisruptionBudget = z.object({
  minAvailable: Amount.optional(),
  maxUnavailable: Amount.optional(),
  selector: LabelSelector.optional(),
});
export type DisruptionBudget = z.infer<typeof DisruptionBudget>;

/** The webhooks of a configuration. */
export const Webhooks = z
  .array(
    z.object({
      name: z.string(),
      namespaceSelector: LabelSelector.prefault({}),
      objectSelector: LabelSelector.prefault({}),
      clientConfig: z
        .object({ service: z.object({ namespace: z.string(), name: z.string() }).optional() })
        .default({}),
    }),
  )
  .default([]);
export type Webhooks = z.infer<typeof Webhooks>;

const Port = z.object({
  port: z.union([z.number(), z.string()]).optional(),
  endPort: z.number().optional(),
  protocol: z.string().default('TCP'),
});
export const NetworkPolicy = z
  .object({ ingress: z.array(z.object({ ports: z.array(Port).default([]) })).default([]) })
  .prefault({});
export type NetworkPolicy = z.infer<typeof NetworkPolicy>;

/** Where only the object's metadata counts. */
export const Anything = z.unknown();
