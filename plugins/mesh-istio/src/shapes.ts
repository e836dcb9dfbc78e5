import { z } from 'zod';
import { Metadata } from '@meshwright/plugin-sdk';

/** What this plugin reads of live objects of Istio's own kinds; everything else is left aside. */

/** Which namespaces the webhooks of a configuration take. */
export const Injector = z.object({
  webhooks: z
    .array(
      z.object({
        namespaceSelector: z
          .object({
            matchExpressions: z
              .array(
                z.object({ key: z.string(), operator: z.string(), values: z.array(z.string()).default([]) }),
              )
              .default([]),
          })
          .default({ matchExpressions: [] }),
      }),
    )
    .default([]),
});

export const PeerAuthentication = z.object({
  metadata: Metadata,
  spec: z
    .object({ mtls: z.object({ mode: z.string().default('UNSET') }).default({ mode: 'UNSET' }) })
    .default({ mtls: { mode: 'UNSET' } }),
});

/** A `Gateway` of the Gateway API, not Istio's own kind of that name. */
export const K8sGateway = z.object({
  metadata: Metadata,
  status: z
    .object({
      conditions: z
        .array(
          z.object({
            type: z.string(),
            status: z.string(),
            message: z.string().optional(),
            observedGeneration: z.number().optional(),
          }),
        )
        .default([]),
    })
    .prefault({}),
});
export type K8sGateway = z.infer<typeof K8sGateway>;
