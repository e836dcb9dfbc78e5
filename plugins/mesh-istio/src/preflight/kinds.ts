import type { z } from 'zod';
import {
  Anything,
  AuthorizationPolicy,
  DestinationRule,
  DisruptionBudget,
  Gateway,
  NetworkPolicy,
  Webhooks,
  PeerAuthentication,
  Service,
  ServiceEntry,
  Sidecar,
  VirtualService,
  Workload,
} from './shapes.ts';
import type { Kind } from './subject.ts';

const networking = 'networking.istio.io/v1';
const security = 'security.istio.io/v1';

/** The kinds that rules look at. */
export const kinds = {
  virtualServices: kind(networking, 'VirtualService', VirtualService),
  destinationRules: kind(networking, 'DestinationRule', DestinationRule),
  gateways: kind(networking, 'Gateway', Gateway),
  serviceEntries: kind(networking, 'ServiceEntry', ServiceEntry),
  sidecars: kind(networking, 'Sidecar', Sidecar),
  authorizationPolicies: kind(security, 'AuthorizationPolicy', AuthorizationPolicy),
  peerAuthentications: kind(security, 'PeerAuthentication', PeerAuthentication),
  services: kind('v1', 'Service', Service),
  namespaces: kind('v1', 'Namespace', Anything),
  injectors: kind('admissionregistration.k8s.io/v1', 'MutatingWebhookConfiguration', Webhooks, 'webhooks'),
  validators: kind('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', Webhooks, 'webhooks'),
  deployments: kind('apps/v1', 'Deployment', Workload),
  statefulSets: kind('apps/v1', 'StatefulSet', Workload),
  daemonSets: kind('apps/v1', 'DaemonSet', Workload),
  nodeParts: kind('apps/v1', 'DaemonSet', Workload),
  networkPolicies: kind('networking.k8s.io/v1', 'NetworkPolicy', NetworkPolicy),
  budgets: kind('policy/v1', 'PodDisruptionBudget', DisruptionBudget),
  definitions: kind('apiextensions.k8s.io/v1', 'CustomResourceDefinition', Anything),
} as const;

/** The kinds whose pods can be rolled. */
export const workloadKinds = [kinds.deployments, kinds.statefulSets, kinds.daemonSets];

function kind<T>(apiVersion: string, name: string, shape: z.ZodType<T>, at = 'spec'): Kind<T> {
  return { apiVersion, kind: name, shape, at };
}
