import { formatReference } from '@meshwright/model';
import { podName } from './pods.ts';
import type { Pod, PodTemplate } from './shapes.ts';
import type { NamespaceWorkloads, RunningWorkload } from './workloads.ts';

/** A container of a pod. */
export type Container = Pod['spec']['containers'][number];

/** The sidecar of this name: a container, or an init container that goes on running; undefined where there is none. */
export function sidecarOf(
  { spec: { containers, initContainers = [] } }: Pick<Pod, 'spec'>,
  name: string,
): Container | undefined {
  const native = initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always');
  return [...containers, ...native].find((container) => container.name === name);
}

/** What a mesh knows of the pods that it injects a sidecar into. */
export interface SidecarRules {
  /** The name of the sidecar. */
  container: string;
  /** Whether injection leaves such pods alone. */
  optsOut: (of: Pod | PodTemplate) => boolean;
  /** How the sidecar of a pod differs from the wanted one, such as `of 1.30.0`; undefined where it does not. */
  difference: (pod: Pod) => string | undefined;
}

/**
 * Whether a workload must restart to be in the mesh as it is wanted: some of its pods have no sidecar, or another one. One
 * that opts out restarts only to get rid of a sidecar from before.
 */
export function isOutdated({ pods, template }: RunningWorkload, rules: SidecarRules): boolean {
  return pods.some((pod) =>
    sidecarOf(pod, rules.container) === undefined
      ? !rules.optsOut(template)
      : rules.difference(pod) !== undefined,
  );
}

/** The pods of enrolled namespaces, by what they mean for verification. */
export interface SidecarSurvey {
  /** Pods with a ready sidecar as it is wanted. */
  proxies: Pod[];
  /** What is not as it should be yet, one line each. */
  waiting: string[];
  /** What is not in the mesh, rightly or beyond our reach. */
  aside: string[];
}

/** Looks at every pod that has not ended; pure. */
export function surveySidecars(
  namespaces: readonly NamespaceWorkloads[],
  rules: SidecarRules,
): SidecarSurvey {
  const survey: SidecarSurvey = { proxies: [], waiting: [], aside: [] };
  const look = (pod: Pod): void => {
    const problem = problemOf(pod, rules);
    if (problem === undefined) survey.proxies.push(pod);
    else survey.waiting.push(problem);
  };
  for (const { workloads, otherPods } of namespaces) {
    for (const { reference, replicas, pods, template } of workloads) {
      const name = formatReference(reference);
      if (rules.optsOut(template)) {
        if (replicas > 0) survey.aside.push(`${name} opts out`);
        continue;
      }
      if (pods.length < replicas) survey.waiting.push(`${name} has ${pods.length} of ${replicas} pods`);
      for (const pod of pods) look(pod);
    }
    for (const pod of otherPods) {
      if (sidecarOf(pod, rules.container) !== undefined) look(pod);
      else if (!rules.optsOut(pod)) survey.aside.push(`pod ${podName(pod)} has no workload to restart`);
    }
  }
  return survey;
}

function problemOf(pod: Pod, { container, difference }: SidecarRules): string | undefined {
  const name = podName(pod);
  if (sidecarOf(pod, container) === undefined)
    return `pod ${name} has no proxy: it started before injection, or injection left it out`;
  const other = difference(pod);
  if (other !== undefined) return `pod ${name} has a proxy ${other}`;
  return isReady(pod, container) ? undefined : `the proxy of pod ${name} is not ready`;
}

function isReady({ status }: Pod, container: string): boolean {
  const { containerStatuses = [], initContainerStatuses = [] } = status;
  return [...containerStatuses, ...initContainerStatuses].some(
    ({ name, ready }) => name === container && ready,
  );
}
