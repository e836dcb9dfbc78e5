import { plural } from '@meshwright/model';
import {
  livePods,
  type PluginContext,
  podName,
  type Verification,
  type VerifyChange,
  waitingFor,
} from '@meshwright/plugin-sdk';
import { asksForSidecar, isCaptured, staysOut, useWaypoint } from '../ambient/labels.ts';
import { K8sGateway } from '../shapes.ts';
import { difference, isManagedGateway, proxyImage } from '../sidecar.ts';

const gatewayKind = { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'Gateway' };

/**
 * Every pod of the enrolled namespaces is captured: the CNI agent marks it so once its traffic goes through the node's
 * proxy. That the proxy itself has taken its configuration is not asked: ztunnel has no statistics of it, and its own
 * readiness counts as the answer. No ambient data plane could be tried with this release, only its objects.
 */
export async function checkCaptured(
  { mesh }: VerifyChange,
  { cluster }: PluginContext,
): Promise<Verification> {
  const waiting: string[] = [];
  let captured = 0;
  let aside = 0;
  for (const namespace of mesh.enrolledNamespaces) {
    for (const pod of await livePods(cluster, { namespace })) {
      if (staysOut(pod) || isManagedGateway(pod) || asksForSidecar(pod.metadata)) aside += 1;
      else if (proxyImage(pod) !== undefined) waiting.push(`pod ${podName(pod)} still has a sidecar`);
      else if (isCaptured(pod)) captured += 1;
      else waiting.push(`pod ${podName(pod)} is not captured by its node’s proxy yet`);
    }
  }
  const rest = aside === 0 ? '' : `; ${aside} stay out, or are gateways`;
  return waitingFor(
    waiting,
    `${plural(captured, 'pod is', 'pods are')} captured by their nodes’ proxies${rest}`,
  );
}

/** Nobody is left in an ambient mesh: taking its node proxies away would cut a captured pod off from the network. */
export async function checkLeft({ mesh }: VerifyChange, { cluster }: PluginContext): Promise<Verification> {
  const captured = (await livePods(cluster)).filter(isCaptured);
  return waitingFor(
    captured.map((pod) => `pod ${podName(pod)} is still captured by its node’s proxy`),
    `no pod is captured any more, of ${mesh.enrolledNamespaces.join(', ') || 'any namespace'}`,
  );
}

/** The waypoints that enrolled namespaces use are there, programmed, and of this control plane. */
export async function checkWaypoints(
  { mesh }: VerifyChange,
  { cluster }: PluginContext,
): Promise<Verification> {
  const used = await waypointsInUse(mesh.enrolledNamespaces, cluster);
  const gateways = used.length === 0 ? [] : await cluster.list(gatewayKind);
  const waiting: string[] = [];
  for (const { namespace, name } of used) {
    const found = gateways.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name);
    if (found === undefined) waiting.push(`Gateway ${namespace}/${name} is not there`);
    else {
      waiting.push(...unprogrammed(K8sGateway.parse(found)));
      waiting.push(...(await outdatedPods(namespace, name, mesh, cluster)));
    }
  }
  return waitingFor(
    waiting,
    used.length === 0 ? '' : `${plural(used.length, 'waypoint is', 'waypoints are')} programmed`,
  );
}

/** By the namespaces' labels; a waypoint of another namespace is named by a label of its own and not of this pattern. */
async function waypointsInUse(
  enrolled: readonly string[],
  cluster: PluginContext['cluster'],
): Promise<{ namespace: string; name: string }[]> {
  const namespaces = await cluster.list({ apiVersion: 'v1', kind: 'Namespace', labelSelector: useWaypoint });
  return namespaces.flatMap(({ metadata: { name: namespace, labels = {} } }) => {
    const name = labels[useWaypoint] ?? '';
    const isHere = enrolled.includes(namespace) && !(`${useWaypoint}-namespace` in labels);
    return isHere && name !== '' && name !== 'none' ? [{ namespace, name }] : [];
  });
}

function unprogrammed({ metadata, status }: K8sGateway): string[] {
  const name = `Gateway ${metadata.namespace}/${metadata.name}`;
  const programmed = status.conditions.find(({ type }) => type === 'Programmed');
  if (programmed === undefined) return [`${name} is not seen by istiod yet`];
  if (
    programmed.observedGeneration !== undefined &&
    programmed.observedGeneration < (metadata.generation ?? 0)
  )
    return [`${name} has a change that istiod has not programmed yet`];
  if (programmed.status === 'True') return [];
  return [`${name} is not programmed${programmed.message === undefined ? '' : `: ${programmed.message}`}`];
}

/** istiod rolls a waypoint's pods when the tag moves: until then they are of the version before. */
async function outdatedPods(
  namespace: string,
  name: string,
  mesh: VerifyChange['mesh'],
  cluster: PluginContext['cluster'],
): Promise<string[]> {
  const labelSelector = `gateway.networking.k8s.io/gateway-name=${name}`;
  const pods = await livePods(cluster, { namespace, labelSelector });
  return pods.flatMap((pod) => {
    const other = difference(pod, mesh);
    return other === undefined ? [] : [`pod ${podName(pod)} of the waypoint has a proxy ${other}`];
  });
}
