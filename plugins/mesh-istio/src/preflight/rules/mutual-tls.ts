import { type MutualTls, MutualTls as Modes, plural } from '@meshwright/model';
import { systemNamespace } from '../../names.ts';
import { type Finding, type Look, type Rule, mistake } from '../finding.ts';
import { type Hosts, hostsOf } from '../hosts.ts';
import type { DestinationRule } from '../shapes.ts';
import type { Subject } from '../subject.ts';
import type { View } from '../view.ts';

/** Clients and servers agree: what a DestinationRule sends in plain text is not refused, and the other way round. */
export const mutualTls: Rule = {
  id: 'mutual-tls',
  title: 'DestinationRules and PeerAuthentications agree on mutual TLS',
  needs: ['destinationRules', 'peerAuthentications', 'services', 'namespaces'],
  look: (view): Look => {
    const hosts = hostsOf(view);
    return {
      findings: view.destinationRules.flatMap((subject) => contradictions(subject, view, hosts)),
      looked: `${plural(view.destinationRules.length, 'DestinationRule')} against ${plural(view.peerAuthentications.length, 'PeerAuthentication')}`,
    };
  },
};

function contradictions(subject: Subject<DestinationRule>, view: View, hosts: Hosts): Finding[] {
  const modes = new Set(tlsModes(subject.spec));
  const { host } = subject.spec;
  const service = hosts.serviceOf(host, subject.metadata.namespace);
  if (modes.size === 0 || service === undefined) return [];
  const { namespace } = service.metadata;
  if (!isMeshed(namespace, view)) return [];
  const wanted = modeIn(namespace, view);
  // A policy for some of its workloads may say otherwise, so the contradiction is only likely then.
  const blocks = !view.peerAuthentications.some(
    ({ spec, metadata }) => spec.selector !== undefined && metadata.namespace === namespace,
  );
  if (wanted === 'STRICT' && (modes.has('DISABLE') || modes.has('SIMPLE'))) {
    const mode = modes.has('DISABLE') ? 'DISABLE' : 'SIMPLE';
    return [
      mistake(subject, 'IST0113', {
        problem: `sends to "${host}" with tls.mode ${mode}, and mutual TLS is STRICT in ${namespace}: every request is refused`,
        remedy: 'take tls.mode away, so that Istio chooses, or relax mutual TLS for that workload',
        blocks,
      }),
    ];
  }
  if (wanted !== 'DISABLE' || !modes.has('ISTIO_MUTUAL')) return [];
  return [
    mistake(subject, 'IST0113', {
      problem: `sends to "${host}" with tls.mode ISTIO_MUTUAL, and mutual TLS is DISABLE in ${namespace}: every request fails`,
      remedy: 'take tls.mode away, so that Istio chooses',
      blocks,
    }),
  ];
}

/** What a rule says of TLS for the whole host; of a port or a subset alone it may be meant for what has no proxy. */
function tlsModes({ trafficPolicy }: DestinationRule): string[] {
  const mode = trafficPolicy.tls?.mode ?? '';
  return mode === '' ? [] : [mode];
}

function isMeshed(namespace: string, view: View): boolean {
  if (view.enrolled.has(namespace)) return true;
  const labels = view.liveNamespaces.get(namespace) ?? {};
  return (
    labels['istio-injection'] === 'enabled' ||
    labels['istio.io/dataplane-mode'] === 'ambient' ||
    ('istio.io/rev' in labels && labels['istio-injection'] !== 'disabled')
  );
}

const modeOf: Record<MutualTls, string> = {
  [Modes.strict]: 'STRICT',
  [Modes.permissive]: 'PERMISSIVE',
  [Modes.disabled]: 'DISABLE',
};

/** The mode of a namespace: its own policy's, else that of the mesh, which the pattern says where it says anything. */
function modeIn(namespace: string, view: View): string {
  const policyOf = (where: string) =>
    view.peerAuthentications.find(
      ({ metadata, spec }) => metadata.namespace === where && spec.selector === undefined,
    )?.spec.mtls.mode;
  const own = policyOf(namespace);
  if (own !== undefined && own !== 'UNSET') return own;
  const declared = view.snapshot.pattern.spec.security?.mtls;
  return declared === undefined ? (policyOf(systemNamespace) ?? 'PERMISSIVE') : modeOf[declared];
}
