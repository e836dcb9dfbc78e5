import { plural } from '@meshwright/model';
import { type Pod, podName } from '@meshwright/plugin-sdk';
import { proxyImage, proxyRevision } from '../../sidecar.ts';
import { minorOf, versionOfImage } from '../../versions.ts';
import { type Finding, type Look, type Rule } from '../finding.ts';
import type { View } from '../view.ts';

/** How many minor versions a proxy may be behind its control plane (Istio's supported releases, data plane skew). */
const reach = 2;

/** Every proxy has a control plane, and none will be too old for the one it gets. */
export const revisions: Rule = {
  id: 'proxy',
  title: 'Proxies belong to a control plane and are not too old for it',
  needs: ['strangers', 'proxies', 'injectors'],
  look: (view): Look => ({
    findings: [...orphans(view), ...tooOld(view)],
    looked: view.isNew
      ? `${plural(view.proxies.length, 'pod')} with a proxy`
      : 'no proxy without a control plane',
  }),
};

function orphans(view: View): Finding[] {
  const known = new Set([
    ...view.installations.map(({ revision }) => revision),
    ...view.injectors.flatMap(({ labels }) => [labels['istio.io/tag'] ?? []].flat()),
  ]);
  const revisionOf = (pod: Pod) => proxyRevision(pod) ?? pod.metadata.labels['istio.io/rev'] ?? '';
  const lost = view.strangers.filter((pod) => proxyImage(pod) !== undefined && !known.has(revisionOf(pod)));
  return [...Map.groupBy(lost, revisionOf)].map(([revision, pods]) => ({
    object: namesOf(pods),
    problem: `have proxies of the revision "${revision}", which no control plane of the cluster has: they get no configuration and no new certificates`,
    remedy: 'enroll their namespace, or restart them without a sidecar',
    blocks: false,
  }));
}

/** Pods of namespaces that the change does not restart stay as they are. */
function tooOld(view: View): Finding[] {
  const wanted = minorOf(view.mesh.version);
  if (wanted === undefined) return [];
  const old = view.proxies.filter((pod) => {
    if (view.restarting.has(pod.metadata.namespace)) return false;
    const minor = minorOf(versionOfImage(proxyImage(pod) ?? '') ?? '');
    return minor !== undefined && minor < wanted - reach;
  });
  if (old.length === 0) return [];
  return [
    {
      object: namesOf(old),
      problem: `have proxies more than ${reach} minor versions older than Istio ${view.mesh.version}`,
      remedy: 'restart them with the version between, or enroll their namespace',
      blocks: false,
    },
  ];
}

const shown = 3;

function namesOf(pods: Pod[]): string {
  const names = pods.slice(0, shown).map((pod) => `Pod ${podName(pod)}`);
  return [...names, ...(pods.length > shown ? [`and ${pods.length - shown} more`] : [])].join(', ');
}
