import type { KubernetesObject } from '@meshwright/model';
import {
  type ChartValues,
  type MeshChange,
  type PlanningContext,
  renderChart,
  renderStages,
  valueAt,
} from '@meshwright/plugin-sdk';
import { keepChecksums } from './checksums.ts';
import { type ChartName, chartOf, charts, Component, systemNamespace } from './names.ts';
import { numbersAnnotation, numbersText } from './trust/live.ts';
import { type Trust, trustOf } from './trust/trust.ts';
import { controlPlaneValues, crdsValues, extensionValues } from './values.ts';

/**
 * The objects of an apply stage, in the charts' own order, Secrets first.
 * @throws MeshwrightError INVALID_INPUT for another stage.
 */
export const render = renderStages<PlanningContext>('Linkerd', {
  crds,
  'control-plane': controlPlane,
  viz: (change, context) => extension(Component.viz, change, context),
  multicluster: (change, context) => extension(Component.multicluster, change, context),
});

async function crds(change: MeshChange, context: PlanningContext): Promise<KubernetesObject[]> {
  const { spec } = change.snapshot.pattern;
  const values = await crdsValues(spec, context.cluster);
  const isCni = valueAt(spec.mesh.values['linkerd-control-plane'], 'cniEnabled') === true;
  return [systemNamespaceObject(isCni), ...(await template('linkerd-crds', values, change, context))];
}

async function controlPlane(change: MeshChange, context: PlanningContext): Promise<KubernetesObject[]> {
  const { metadata, spec } = change.snapshot.pattern;
  const trust = await trustOf(change, context);
  const { values, callees } = await controlPlaneValues({ spec, name: metadata.name, trust }, context);
  const objects = await template('linkerd-control-plane', values, change, context);
  const own = [...(trust.issuer.secret === undefined ? [] : [trust.issuer.secret]), ...callees.secrets];
  const rest = objects.filter((object) => !isIssuer(object)).map((object) => numbered(object, trust));
  return [...own, ...(await keepChecksums('linkerd-control-plane', rest, context.cluster))];
}

async function extension(
  component: Component,
  change: MeshChange,
  context: PlanningContext,
): Promise<KubernetesObject[]> {
  const chart = chartOf[component];
  const { values, callees } = await extensionValues(chart, change.snapshot.pattern.spec, context);
  const objects = await template(chart, values, change, context);
  const rest = await keepChecksums(chart, objects, context.cluster);
  return [extensionNamespace(component, values), ...callees.secrets, ...rest];
}

async function template(
  chart: ChartName,
  values: ChartValues,
  change: MeshChange,
  context: PlanningContext,
): Promise<KubernetesObject[]> {
  const { version } = change.snapshot.pattern.spec.mesh;
  return renderChart({ chart, version, ...charts[chart], values }, context);
}

/** The issuer's Secret in the older format, which the chart renders from values that hold no key. */
function isIssuer({ kind, metadata }: KubernetesObject): boolean {
  return kind === 'Secret' && metadata.name === 'linkerd-identity-issuer';
}

/** Writes beside the bundle which numbers of the pattern it is. */
function numbered(object: KubernetesObject, { numbers }: Trust): KubernetesObject {
  if (numbers === undefined || object.metadata.name !== 'linkerd-identity-trust-roots') return object;
  const annotations = { ...object.metadata.annotations, [numbersAnnotation]: numbersText(numbers) };
  return { ...object, metadata: { ...object.metadata, annotations } };
}

/** As `linkerd install` renders it; Helm leaves namespaces to whoever calls it. */
function systemNamespaceObject(isCni: boolean): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: systemNamespace,
      annotations: { 'linkerd.io/inject': 'disabled' },
      labels: {
        'linkerd.io/is-control-plane': 'true',
        'config.linkerd.io/admission-webhooks': 'disabled',
        'linkerd.io/control-plane-ns': systemNamespace,
        'pod-security.kubernetes.io/enforce': securityLevel(isCni),
      },
    },
  };
}

/** As the extensions' own commands render it: by the label Linkerd finds its extensions. */
function extensionNamespace(component: Component, values: ChartValues): KubernetesObject {
  const prometheus = valueAt(values, 'prometheusUrl');
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: charts[chartOf[component]].namespace,
      labels: {
        'linkerd.io/extension': component,
        'pod-security.kubernetes.io/enforce': securityLevel(valueAt(values, 'cniEnabled') === true),
      },
      ...(typeof prometheus === 'string' && prometheus !== ''
        ? { annotations: { 'viz.linkerd.io/external-prometheus': prometheus } }
        : {}),
    },
  };
}

/** The init container that redirects traffic needs rights that the CNI plugin makes needless. */
function securityLevel(isCni: boolean): string {
  return isCni ? 'restricted' : 'privileged';
}
