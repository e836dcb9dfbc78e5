import { type ObjectReference, PlanAction } from '@meshwright/model';
import { type MeshChange, type PluginContext, readWorkloads, Workload } from '@meshwright/plugin-sdk';
import { charts, gatewayNamespace } from './names.ts';
import { template } from './render.ts';
import { difference } from './sidecar.ts';
import type { Target } from './target.ts';

/**
 * The gateway's workload where its pods have a proxy of another control plane and nothing else rolls it: the labels of
 * its template name the chart's version, so a new version of the chart rolls it by itself. Adopting restarts nothing.
 */
export async function gatewayRestarts(
  target: Target,
  change: MeshChange,
  context: PluginContext,
): Promise<ObjectReference[]> {
  if (target.action === PlanAction.adopt) return [];
  const { workloads } = await readWorkloads(context.cluster, gatewayNamespace);
  const outdated = workloads.filter(
    ({ labels, pods }) =>
      labels['app.kubernetes.io/instance'] === charts.gateway.releaseName &&
      pods.some((pod) => difference(pod, target) !== undefined),
  );
  if (outdated.length === 0) return [];
  const rendered = (await template('gateway', change, context)).map((object) => Workload.safeParse(object));
  const wanted = new Map(
    rendered.flatMap(({ data }) =>
      data === undefined ? [] : [[data.metadata.name, data.spec.template.metadata.labels] as const],
    ),
  );
  return outdated
    .filter(({ reference, template }) => !differs(wanted.get(reference.name), template.metadata.labels))
    .map(({ reference }) => reference);
}

function differs(wanted: Record<string, string> | undefined, live: Record<string, string>): boolean {
  return Object.entries(wanted ?? {}).some(([name, value]) => live[name] !== value);
}
