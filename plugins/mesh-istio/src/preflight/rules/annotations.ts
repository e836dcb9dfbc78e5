import { plural } from '@meshwright/model';
import { type Finding, type Look, type Rule, mistake } from '../finding.ts';
import type { Labels } from '../labels.ts';
import type { Subject } from '../subject.ts';

/** Annotations that istio/api marks deprecated (annotation/annotations.gen.go, 1.31), with what comes in their place. */
const deprecated = new Map([
  ['sidecar.istio.io/inject', 'the label of the same name'],
  ['sidecar.istio.io/discoveryAddress', 'discoveryAddress in proxy.istio.io/config'],
  ['sidecar.istio.io/extraStatTags', 'extraStatTags in proxy.istio.io/config'],
  ['sidecar.istio.io/statsCompression', 'statsCompression in proxy.istio.io/config'],
  ['sidecar.istio.io/statsInclusionPrefixes', 'proxyStatsMatcher in proxy.istio.io/config'],
  ['sidecar.istio.io/statsInclusionRegexps', 'proxyStatsMatcher in proxy.istio.io/config'],
  ['sidecar.istio.io/statsInclusionSuffixes', 'proxyStatsMatcher in proxy.istio.io/config'],
  ['traffic.sidecar.istio.io/kubevirtInterfaces', 'istio.io/reroute-virtual-interfaces'],
  ['alpha.istio.io/canonical-serviceaccounts', 'nothing: it has no effect'],
  ['alpha.istio.io/kubernetes-serviceaccounts', 'nothing: it has no effect'],
]);

/** Deprecated annotations of Istio on what the pattern holds, or restarts. */
export const annotations: Rule = {
  id: 'annotation',
  title: 'No deprecated annotations of Istio',
  needs: ['services', 'namespaces', 'workloads'],
  look: (view): Look => {
    const own = [...view.services, ...view.namespaces].filter(({ fromPattern }) => fromPattern);
    const workloads = view.workloads.filter(
      ({ fromPattern, metadata }) => fromPattern || view.enrolled.has(metadata.namespace),
    );
    return {
      findings: [
        ...own.flatMap((subject) => find(subject, subject.annotations, subject.labels)),
        ...workloads.flatMap((subject) => {
          const template = subject.spec.template.metadata;
          return find(subject, { ...subject.annotations, ...template.annotations }, template.labels);
        }),
      ],
      looked: plural(own.length + workloads.length, 'object'),
    };
  },
};

function find(subject: Subject<unknown>, found: Labels, labels: Labels): Finding[] {
  // With the label beside it, an annotation is there for older versions, and the label counts.
  return Object.keys(found)
    .filter((key) => deprecated.has(key) && !(key in labels))
    .map((key) =>
      mistake(subject, 'IST0135', {
        problem: `has the deprecated annotation ${key}`,
        remedy: `use ${deprecated.get(key) ?? 'nothing'}`,
        blocks: false,
      }),
    );
}
