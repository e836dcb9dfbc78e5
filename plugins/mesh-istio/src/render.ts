import { type KubernetesObject, MeshMode, MutualTls } from '@meshwright/model';
import {
  type MeshChange,
  mergedValues,
  type PluginContext,
  renderChart,
  renderStages,
} from '@meshwright/plugin-sdk';
import { ambientValues } from './ambient/values.ts';
import { waypoints } from './ambient/waypoints.ts';
import { isTagged, releaseNameOf } from './live.ts';
import { type ChartName, Component, charts, gatewayNamespace, systemNamespace } from './names.ts';
import { defaultRevision, defaultTag, isSwitch } from './revisions.ts';
import { targetOf } from './target.ts';
import { withoutDefaultInjection, withoutRacingFields } from './webhooks.ts';

/** The objects of an apply stage, in the charts' own order. @throws MeshwrightError INVALID_INPUT for another stage. */
export const render = renderStages<PluginContext>('Istio', {
  crds: async (change, context) => [
    namespace(systemNamespace),
    ...(await template('base', change, context)).filter(isDefinition),
  ],
  cni: (change, context) => template('cni', change, context),
  ztunnel: (change, context) => template('ztunnel', change, context),
  waypoints,
  'control-plane': async (change, context) =>
    (await controlPlane(change, context)).filter((object) => !isSwitch(object)),
  tag: async (change, context) => (await controlPlane(change, context)).filter(isSwitch),
  gateway: async (change, context) => [
    namespace(gatewayNamespace),
    ...(await template('gateway', change, context)),
  ],
  security: peerAuthentication,
});

/** Everything of the control plane but the CRDs. */
async function controlPlane(change: MeshChange, context: PluginContext): Promise<KubernetesObject[]> {
  const base = (await template('base', change, context)).filter((object) => !isDefinition(object));
  const objects = [...base, ...(await template('istiod', change, context))].map(withoutRacingFields);
  const tagged = await isTagged(targetOf(change).revision, context.cluster);
  return tagged ? objects.map(withoutDefaultInjection) : objects;
}

/** The chart's objects for a change, with the plugin's own values over the pattern's. */
export async function template(
  chart: ChartName,
  change: MeshChange,
  context: PluginContext,
): Promise<KubernetesObject[]> {
  const { mesh } = change.snapshot.pattern.spec;
  const { cluster } = context;
  const { revision } = targetOf(change);
  const release = {
    chart,
    version: mesh.version,
    releaseName: await releaseNameOf(chart, revision, cluster),
    namespace: charts[chart].namespace,
    values: valuesOf(chart, change, { revision, tagged: await isTagged(revision, cluster) }),
  };
  return renderChart(release, context);
}

/**
 * The pattern's values and the plugin's own: the revision, which the charts know as empty where there is none, and its
 * tag; and where the CNI agent sets up the network, istiod must not inject the init container for it.
 */
function valuesOf(
  chart: ChartName,
  change: MeshChange,
  { revision, tagged }: { revision: string; tagged: boolean },
): Record<string, unknown> {
  const { mesh } = change.snapshot.pattern.spec;
  const isAmbient = mesh.mode === MeshMode.ambient;
  const given = mesh.values[chart] ?? {};
  const values = isAmbient ? mergedValues(given, ambientValues(chart, revision)) : given;
  if (chart === 'base') return { ...values, defaultRevision: revision };
  if (chart !== 'istiod') return values;
  const revisioned = {
    ...values,
    ...(revision === defaultRevision ? {} : { revision }),
    ...(tagged ? { revisionTags: [defaultTag] } : {}),
  };
  const hasCni = isAmbient || mesh.components.includes(Component.cni);
  return hasCni ? mergedValues(revisioned, { pilot: { cni: { enabled: true } } }) : revisioned;
}

function namespace(name: string): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

function isDefinition({ kind }: KubernetesObject): boolean {
  return kind === 'CustomResourceDefinition';
}

const modes: Record<MutualTls, string> = {
  [MutualTls.strict]: 'STRICT',
  [MutualTls.permissive]: 'PERMISSIVE',
  [MutualTls.disabled]: 'DISABLE',
};

/** Mesh-wide: named `default`, in the root namespace, without a selector (Istio's PeerAuthentication reference). */
function peerAuthentication({ snapshot }: MeshChange): KubernetesObject[] {
  const mtls = snapshot.pattern.spec.security?.mtls;
  if (mtls === undefined) return [];
  return [
    {
      apiVersion: 'security.istio.io/v1',
      kind: 'PeerAuthentication',
      metadata: { name: 'default', namespace: systemNamespace },
      spec: { mtls: { mode: modes[mtls] } },
    },
  ];
}
