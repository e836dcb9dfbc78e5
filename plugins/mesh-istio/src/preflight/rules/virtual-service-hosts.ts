import { plural } from '@meshwright/model';
import { type Finding, type Look, type Rule, mistake } from '../finding.ts';
import { hostsOf } from '../hosts.ts';
import type { VirtualService } from '../shapes.ts';
import type { Subject } from '../subject.ts';

/** One VirtualService for a host: of two for sidecars, Istio takes one and says nothing of the other. */
export const virtualServiceHosts: Rule = {
  id: 'virtual-service-hosts',
  title: 'No two VirtualServices route one host',
  needs: ['virtualServices'],
  look: (view): Look => {
    const hosts = hostsOf(view);
    const byHost = new Map<string, Subject<VirtualService>[]>();
    const inMesh = view.virtualServices.filter(({ spec }) => isForMesh(spec));
    for (const subject of inMesh) {
      for (const host of new Set(
        subject.spec.hosts.map((it) => hosts.expand(it, subject.metadata.namespace)),
      ))
        byHost.set(host, [...(byHost.get(host) ?? []), subject]);
    }
    return {
      findings: [...byHost].flatMap(([host, rivals]) => conflicts(host, rivals)),
      looked: `${plural(byHost.size, 'host')} of ${plural(inMesh.length, 'VirtualService')}`,
    };
  },
};

function isForMesh({ gateways }: VirtualService): boolean {
  return gateways.length === 0 || gateways.includes('mesh');
}

function conflicts(host: string, rivals: Subject<VirtualService>[]): Finding[] {
  return rivals.flatMap((subject) => {
    const others = rivals.filter((other) => other !== subject && meet(subject, other));
    if (others.length === 0) return [];
    // Said once: by the pattern's own, or by the first where all are others'.
    if (!subject.fromPattern && others.some(({ fromPattern }) => fromPattern)) return [];
    const names = others.map(({ name }) => name.replace('VirtualService ', '')).join(', ');
    return [
      mistake(subject, 'IST0109', {
        problem: `routes the host "${host}", and so does ${names}: only one of them counts`,
        remedy: 'put the routes into one VirtualService, or keep them apart by exportTo',
      }),
    ];
  });
}

/** Whether some namespace sees both. */
function meet(one: Subject<VirtualService>, other: Subject<VirtualService>): boolean {
  const [first, second] = [scopeOf(one), scopeOf(other)];
  return first.has('*') || second.has('*') || [...first].some((namespace) => second.has(namespace));
}

function scopeOf({ spec, metadata }: Subject<VirtualService>): Set<string> {
  if (spec.exportTo.length === 0) return new Set(['*']);
  return new Set(spec.exportTo.map((name) => (name === '.' ? metadata.namespace : name)));
}
