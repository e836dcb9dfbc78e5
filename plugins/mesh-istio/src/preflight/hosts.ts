import type { Service } from './shapes.ts';
import type { Subject } from './subject.ts';
import { type View, clusterDomain } from './view.ts';

/** Which hosts there are, for whom. */
export interface Hosts {
  /** A host as it counts in a namespace: a name without dots is that of a Service there (Istio's VirtualService reference). */
  expand(host: string, namespace: string): string;
  /** The Service behind a host. */
  serviceOf(host: string, namespace: string): Subject<Service> | undefined;
  /** Whether a Service or ServiceEntry that the namespace can see has the host. */
  knows(host: string, namespace: string): boolean;
}

/** Collects the hosts of Services and ServiceEntries. */
export function hostsOf(view: View): Hosts {
  const suffix = `svc.${clusterDomain(view)}`;
  const services = new Map<string, Subject<Service>>();
  for (const service of view.services) {
    const { name, namespace } = service.metadata;
    services.set(`${name}.${namespace}.${suffix}`, service);
  }
  const exact = new Map<string, Visibility[]>();
  const wildcards: { suffix: string; visibility: Visibility }[] = [];
  for (const { spec, metadata } of view.serviceEntries) {
    const visibility = { exportTo: spec.exportTo, namespace: metadata.namespace };
    for (const host of spec.hosts) {
      if (host.startsWith('*')) wildcards.push({ suffix: host.slice(1), visibility });
      else exact.set(host, [...(exact.get(host) ?? []), visibility]);
    }
  }
  const expand = (host: string, namespace: string) =>
    host.includes('.') || host.startsWith('*') ? host : `${host}.${namespace}.${suffix}`;
  return {
    expand,
    serviceOf: (host, namespace) => services.get(expand(host, namespace)),
    knows: (host, namespace) => {
      const name = expand(host, namespace);
      // Services of other clusters of a ClusterSet are imported, not written (Multi-cluster Services API, KEP-1645).
      if (name.endsWith('.svc.clusterset.local')) return true;
      const service = services.get(name);
      if (service !== undefined && isVisible(visibilityOf(service), namespace)) return true;
      if ((exact.get(name) ?? []).some((visibility) => isVisible(visibility, namespace))) return true;
      return wildcards.some((entry) => name.endsWith(entry.suffix) && isVisible(entry.visibility, namespace));
    },
  };
}

interface Visibility {
  exportTo: readonly string[];
  namespace: string;
}

function visibilityOf({ annotations, metadata }: Subject<Service>): Visibility {
  const exportTo = (annotations['networking.istio.io/exportTo'] ?? '').split(',').map((part) => part.trim());
  return { exportTo: exportTo.filter((part) => part !== ''), namespace: metadata.namespace };
}

/** Whether something that is exported so can be seen in a namespace; to all where nothing is said. */
function isVisible({ exportTo, namespace }: Visibility, from: string): boolean {
  if (exportTo.length === 0 || exportTo.includes('*')) return true;
  return exportTo.includes(from) || (exportTo.includes('.') && namespace === from);
}

/** Whether two host names have a name in common, where either may begin with a wildcard label. */
export function overlap(one: string, other: string): boolean {
  if (one === '*' || other === '*') return true;
  if (one.startsWith('*') && other.startsWith('*')) {
    return one.slice(1).endsWith(other.slice(1)) || other.slice(1).endsWith(one.slice(1));
  }
  if (one.startsWith('*')) return other.endsWith(one.slice(1));
  if (other.startsWith('*')) return one.endsWith(other.slice(1));
  return one === other;
}
