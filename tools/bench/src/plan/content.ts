import type { KubernetesObject } from '@meshwright/model';
import { virtualServices } from '../apply/objects.ts';
import type { PatternContent } from '../engine/patterns.ts';

const namespace = 'shop';
const host = `server.${namespace}.svc.cluster.local`;

/** A pattern with so many VirtualServices, each in a file, and the Service with its subsets that they lead to. */
export function contentWith(count: number): PatternContent {
  const resources = [destinationRule(), ...virtualServices(namespace, count, host)];
  const files = resources.map((object) => [pathOf(object), JSON.stringify(object)] as const);
  return {
    spec: {
      workloads: [{ namespace, enroll: false, manifests: ['apps/*.json'] }],
      resources: ['istio/*.json'],
    },
    files: { ...Object.fromEntries(files), 'apps/server.json': JSON.stringify(service()) },
  };
}

function pathOf({ kind, metadata }: KubernetesObject): string {
  return `istio/${kind}-${metadata.name}.json`;
}

function service(): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'server' },
    spec: { selector: { app: 'server' }, ports: [{ name: 'http', port: 8080 }] },
  };
}

function destinationRule(): KubernetesObject {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    metadata: { name: 'server', namespace },
    spec: { host, subsets: ['current', 'next'].map((name) => ({ name, labels: { version: name } })) },
  };
}
