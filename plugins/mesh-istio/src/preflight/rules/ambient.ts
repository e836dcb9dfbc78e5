import { MeshMode, MutualTls, plural } from '@meshwright/model';
import { systemNamespace } from '../../names.ts';
import { minorOf, versionOfImage } from '../../versions.ts';
import { type Finding, type Look, type Rule, mistake } from '../finding.ts';
import type { AuthorizationPolicy, NetworkPolicy } from '../shapes.ts';
import type { Subject } from '../subject.ts';
import type { View } from '../view.ts';

/** HBONE's port, by which node proxies and waypoints reach each other's pods. */
const hbonePort = 15008;

/** What ambient mode asks of node parts and policies (Istio's guides to upgrading and to migrating to ambient mode). */
export const ambient: Rule = {
  id: 'ambient',
  title: 'Node parts and policies fit ambient mode',
  needs: ['nodeParts', 'authorizationPolicies', 'peerAuthentications', 'networkPolicies'],
  look: (view): Look => {
    if (view.mesh.mode !== MeshMode.ambient) return { findings: [], looked: 'the mesh runs with sidecars' };
    return {
      findings: [
        ...tooOld(view),
        ...plainText(view),
        ...view.authorizationPolicies.filter((it) => isEnrolled(it, view)).flatMap(requestRules),
        ...view.networkPolicies.filter((it) => isEnrolled(it, view)).flatMap(closedPort),
      ],
      looked: `${plural(view.nodeParts.length, 'DaemonSet')} of Istio and the policies of ${plural(view.enrolled.size, 'namespace')}`,
    };
  },
};

function isEnrolled({ metadata }: Subject<unknown>, { enrolled }: View): boolean {
  return enrolled.has(metadata.namespace);
}

/** CNI agent and node proxy of 1.x work with a control plane of 1.x and 1.x+1: an earlier change may have left them behind. */
function tooOld({ nodeParts, mesh }: View): Finding[] {
  const wanted = minorOf(mesh.version);
  return nodeParts.flatMap(({ name, spec }) => {
    const [running] = spec.template.spec.containers.flatMap(
      ({ image }) => minorOf(versionOfImage(image ?? '') ?? '') ?? [],
    );
    if (running === undefined || wanted === undefined || running >= wanted - 1) return [];
    return [
      {
        object: name,
        problem: `is of 1.${running}, and works with no control plane newer than 1.${running + 1}`,
        remedy: `bring it to 1.${wanted - 1} first`,
        blocks: true,
      },
    ];
  });
}

/** Between pods of an ambient mesh there is always mutual TLS. */
function plainText({ peerAuthentications, snapshot, enrolled }: View): Finding[] {
  const remedy = 'take it away, or say permissive';
  const problem = 'turns mutual TLS off, which ambient mode cannot';
  const declared =
    snapshot.pattern.spec.security?.mtls === MutualTls.disabled
      ? [{ object: 'spec.security.mtls', problem, remedy, blocks: true }]
      : [];
  const policies = peerAuthentications.filter(
    ({ spec, metadata }) =>
      spec.mtls.mode === 'DISABLE' &&
      (enrolled.has(metadata.namespace) || metadata.namespace === systemNamespace),
  );
  return [...declared, ...policies.map((subject) => mistake(subject, 'IST0167', { problem, remedy }))];
}

/** A node proxy knows connections and no requests: it takes a rule for requests as one that nothing fulfils. */
function requestRules(subject: Subject<AuthorizationPolicy>): Finding[] {
  const { targetRefs, rules } = subject.spec;
  if (targetRefs.length > 0 || !rules.some(isForRequests)) return [];
  return [
    mistake(subject, 'IST0167', {
      problem:
        'has rules for requests, and is enforced by node proxies, which see none: they refuse what it should let in',
      remedy: 'give the namespace a waypoint (waypoint: true), and name it or a Service in targetRefs',
    }),
  ];
}

function isForRequests({ to, from, when }: AuthorizationPolicy['rules'][number]): boolean {
  const operations = to.flatMap(({ operation }) => Object.keys(operation));
  const sources = from.flatMap(({ source }) => Object.keys(source));
  return (
    operations.some((key) => !/^(not)?ports$/i.test(key)) ||
    sources.some((key) => /requestPrincipals|remoteIpBlocks/i.test(key)) ||
    when.some(({ key }) => key.startsWith('request.'))
  );
}

/** Traffic of the mesh comes in by one port of its own, which a policy for the application's ports keeps out. */
function closedPort(subject: Subject<NetworkPolicy>): Finding[] {
  const { ingress } = subject.spec;
  const lets = ({ port, endPort, protocol }: NetworkPolicy['ingress'][number]['ports'][number]) =>
    protocol === 'TCP' &&
    (port === undefined ||
      port === hbonePort ||
      (typeof port === 'number' && port <= hbonePort && hbonePort <= (endPort ?? port)));
  if (ingress.length === 0 || ingress.some(({ ports }) => ports.length === 0 || ports.some(lets))) return [];
  return [
    mistake(subject, 'IST0167', {
      problem: `lets single ports in and not ${hbonePort}, by which all traffic of the mesh comes`,
      remedy: `add port ${hbonePort} to its ingress, from the pods of the mesh`,
      blocks: false,
    }),
  ];
}
