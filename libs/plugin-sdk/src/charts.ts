import type { ChartRequest, KubernetesObject } from '@meshwright/model';
import type { PluginContext } from './ports.ts';

/** A release of a chart; without what the chart asks of the cluster's kinds, it is told of none. */
export type Release = Omit<ChartRequest, 'kubeVersion' | 'apiVersions' | 'includeCrds'> &
  Partial<Pick<ChartRequest, 'apiVersions'>>;

/** The objects of a release for the Kubernetes of the cluster, CRDs included, in the chart's own order. */
export async function renderChart(
  release: Release,
  { charts, cluster }: Pick<PluginContext, 'charts' | 'cluster'>,
): Promise<KubernetesObject[]> {
  const kubeVersion = (await cluster.version()).replace(/^v/, '');
  return charts.template({ apiVersions: [], ...release, kubeVersion, includeCrds: true });
}
