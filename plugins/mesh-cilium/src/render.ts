import { type KubernetesObject, referenceKey, referenceOf } from '@meshwright/model';
import {
  type ChartValues,
  type ClusterPort,
  type MeshChange,
  type PluginContext,
  renderChart,
  renderStages,
} from '@meshwright/plugin-sdk';
import { compatibilityOf, withFirstVersion } from './compatibility.ts';
import { chart, preFlightRelease, systemNamespace } from './names.ts';
import { preFlightValues, valuesOf } from './values.ts';

/** The objects of an apply stage, in the chart's own order. @throws MeshwrightError INVALID_INPUT for another stage. */
export const render = renderStages<PluginContext>('Cilium', {
  'pre-flight': renderPreFlight,
  release: renderRelease,
});

/** All that Cilium is. */
export async function renderRelease(
  change: MeshChange,
  context: Pick<PluginContext, 'cluster' | 'charts'>,
): Promise<KubernetesObject[]> {
  const { mesh } = change.snapshot.pattern.spec;
  const compatibility = await compatibilityOf(change, context.cluster);
  const values = valuesOf(mesh, compatibility);
  const objects = await template({ releaseName: chart, version: mesh.version, values }, context);
  return objects.map((object) => withFirstVersion(object, compatibility));
}

/** The release that checks, without what the chart renders into it of Cilium itself, such as Hubble. */
async function renderPreFlight(change: MeshChange, context: PluginContext): Promise<KubernetesObject[]> {
  const { mesh } = change.snapshot.pattern.spec;
  const values = preFlightValues(valuesOf(mesh, await compatibilityOf(change, context.cluster)));
  const [release, objects] = await Promise.all([
    renderRelease(change, context),
    template({ releaseName: preFlightRelease, version: mesh.version, values }, context),
  ]);
  const own = new Set(release.map(keyOf));
  return objects.filter((object) => !own.has(keyOf(object)));
}

async function template(
  release: { releaseName: string; version: string; values: ChartValues },
  context: Pick<PluginContext, 'cluster' | 'charts'>,
): Promise<KubernetesObject[]> {
  const apiVersions = await monitoring(context.cluster);
  return renderChart({ ...release, chart, namespace: systemNamespace, apiVersions }, context);
}

/** The chart refuses a ServiceMonitor where it is not told that the cluster knows the kind. */
async function monitoring(cluster: ClusterPort): Promise<string[]> {
  const apiVersion = 'monitoring.coreos.com/v1';
  return (await cluster.serves(apiVersion, 'ServiceMonitor')) ? [apiVersion] : [];
}

function keyOf(object: KubernetesObject): string {
  return referenceKey(referenceOf(object));
}
