import { formatReference } from '@meshwright/model';
import { type NamespaceWorkloads, type Pod, podName } from '@meshwright/plugin-sdk';
import { optsOut } from '../injection.ts';
import { proxyContainer } from '../names.ts';
import { type Wanted, difference, isOptedOut, proxyImage } from '../sidecar.ts';

/** The pods of the enrolled namespaces, by what they mean for verification. */
export interface Survey {
  /** Pods whose proxy is to be asked. */
  proxies: Pod[];
  /** What is not as it should be yet, one line each. */
  waiting: string[];
  /** What is not in the mesh, rightly or beyond our reach. */
  aside: string[];
}

/** Looks at every pod that has not ended; pure. */
export function surveyPods(namespaces: NamespaceWorkloads[], wanted: Wanted): Survey {
  const survey: Survey = { proxies: [], waiting: [], aside: [] };
  for (const { workloads, otherPods } of namespaces) {
    for (const workload of workloads) {
      const { reference, replicas, pods } = workload;
      if (optsOut(workload)) {
        if (replicas > 0) survey.aside.push(`${formatReference(reference)} opts out`);
        continue;
      }
      if (pods.length < replicas) {
        survey.waiting.push(`${formatReference(reference)} has ${pods.length} of ${replicas} pods`);
      }
      for (const pod of pods) surveyPod(pod, wanted, survey);
    }
    for (const pod of otherPods) {
      if (proxyImage(pod) !== undefined) surveyPod(pod, wanted, survey);
      else if (!isOptedOut(pod.metadata, pod.spec)) {
        survey.aside.push(`pod ${podName(pod)} has no workload to restart`);
      }
    }
  }
  return survey;
}

function surveyPod(pod: Pod, wanted: Wanted, survey: Survey): void {
  const other = difference(pod, wanted);
  if (proxyImage(pod) === undefined) {
    survey.waiting.push(
      `pod ${podName(pod)} has no proxy: it started before injection, or injection left it out`,
    );
  } else if (other !== undefined) {
    survey.waiting.push(`pod ${podName(pod)} has a proxy ${other}`);
  } else if (!isProxyReady(pod)) {
    survey.waiting.push(`the proxy of pod ${podName(pod)} is not ready`);
  } else {
    survey.proxies.push(pod);
  }
}

function isProxyReady({ status }: Pod): boolean {
  const { containerStatuses = [], initContainerStatuses = [] } = status;
  return [...containerStatuses, ...initContainerStatuses].some(
    ({ name, ready }) => name === proxyContainer && ready,
  );
}
