import { formatReference } from '@meshwright/model';
import {
  healthy,
  inBatches,
  type NamespaceWorkloads,
  type Pod,
  podName,
  type PluginContext,
  readWorkloads,
  type Verification,
  type VerifyChange,
  waitingFor,
} from '@meshwright/plugin-sdk';
import { proxyContainer } from '../names.ts';
import { difference, hasProxy, optsOut, type Signing, signingNow, type Wanted } from '../proxies.ts';

/**
 * Every running pod of the enrolled namespaces has a ready proxy of the mesh's version, which believes its trust anchors and
 * started after its issuer. That it has got a certificate is not asked: its own readiness counts as the answer.
 */
export async function checkProxies(
  { mesh }: VerifyChange,
  { cluster }: PluginContext,
): Promise<Verification> {
  const { enrolledNamespaces } = mesh;
  if (enrolledNamespaces.length === 0)
    return healthy('the pattern enrolls no workloads: there are no proxies to check');
  const [namespaces, signing] = await Promise.all([
    inBatches(enrolledNamespaces, (name) => readWorkloads(cluster, name)),
    signingNow(cluster),
  ]);
  const { proxies, waiting, aside } = survey(namespaces, mesh, signing);
  const outside = aside.length === 0 ? '' : `; not in the mesh: ${aside.slice(0, 10).join(', ')}`;
  const note =
    proxies === 0
      ? `no enrolled workloads to check: no pod runs in ${enrolledNamespaces.join(', ')}${outside}`
      : `${proxies} of ${proxies} proxies are ready, of this version and trust${outside}`;
  return waitingFor(waiting, note);
}

interface Survey {
  proxies: number;
  /** What is not as it should be yet, one line each. */
  waiting: string[];
  /** What is not in the mesh, rightly or beyond our reach. */
  aside: string[];
}

function survey(namespaces: readonly NamespaceWorkloads[], wanted: Wanted, signing: Signing): Survey {
  const result: Survey = { proxies: 0, waiting: [], aside: [] };
  const look = (pod: Pod) => {
    const problem = problemOf(pod, wanted, signing);
    if (problem === undefined) result.proxies += 1;
    else result.waiting.push(problem);
  };
  for (const { workloads, otherPods } of namespaces) {
    for (const { reference, replicas, pods, template } of workloads) {
      if (optsOut(template)) {
        if (replicas > 0) result.aside.push(`${formatReference(reference)} opts out`);
        continue;
      }
      if (pods.length < replicas)
        result.waiting.push(`${formatReference(reference)} has ${pods.length} of ${replicas} pods`);
      for (const pod of pods) look(pod);
    }
    for (const pod of otherPods) {
      if (hasProxy(pod)) look(pod);
      else if (!optsOut(pod)) result.aside.push(`pod ${podName(pod)} has no workload to restart`);
    }
  }
  return result;
}

function problemOf(pod: Pod, wanted: Wanted, signing: Signing): string | undefined {
  const name = podName(pod);
  if (!hasProxy(pod))
    return `pod ${name} has no proxy: it started before injection, or injection left it out`;
  const other = difference(pod, wanted, signing);
  if (other !== undefined) return `pod ${name} has a proxy ${other}`;
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status;
  const isReady = [...containerStatuses, ...initContainerStatuses].some(
    ({ name: container, ready }) => container === proxyContainer && ready,
  );
  return isReady ? undefined : `the proxy of pod ${name} is not ready`;
}
