import type { MeshSpec } from '@meshwright/model';
import { type Pod, valueAt } from '@meshwright/plugin-sdk';
import { Component, charts } from '../names.ts';
import { type Labels, formatLabels, holds } from './labels.ts';
import type { Service } from './shapes.ts';
import { type Objects, textAt } from './view.ts';

/** A workload that takes traffic in: the labels of its pods, and the ports that lead to it where they are known. */
export interface Entrance {
  labels: Labels;
  /** Ports of the Service and of the pods behind it; a Gateway may name either. */
  ports: ReadonlySet<number> | undefined;
}

/**
 * Where a Gateway may attach. A Service's pods have at least the labels it selects by, so a Gateway that selects by some
 * of them has those pods; no pod has to be read for that.
 */
export function entrancesOf(
  { services, workloads }: Pick<Objects, 'services' | 'workloads'>,
  mesh: MeshSpec,
  pods: readonly Pod[],
): Entrance[] {
  const selecting = services.filter(({ spec }) => Object.keys(spec.selector).length > 0);
  return [
    ...selecting.map(({ spec }) => ({ labels: spec.selector, ports: portsOf(spec) })),
    ...workloads.map(({ spec }) => ({ labels: spec.template.metadata.labels, ports: undefined })),
    ...pods.map(({ metadata }) => ({ labels: metadata.labels, ports: undefined })),
    ...(mesh.components.includes(Component.gateway) ? [ownEntrance(mesh)] : []),
  ];
}

/**
 * The selectors of Gateways, as a query, that need a look at the pods themselves. What is no label cannot be on a pod, and
 * is not asked for.
 */
export function unmatchedSelectors(objects: Objects, mesh: MeshSpec): string[] {
  const entrances = entrancesOf(objects, mesh, []);
  const unmatched = objects.gateways
    .map(({ spec }) => spec.selector)
    .filter((selector) => !entrances.some(({ labels }) => holds(labels, selector)));
  return [...new Set(unmatched.filter(areLabels).map(formatLabels))];
}

function portsOf({ ports }: Service): Set<number> {
  return new Set(
    ports.flatMap(({ port, targetPort }) => [port, ...(typeof targetPort === 'number' ? [targetPort] : [])]),
  );
}

/** The gateway of the pattern's own mesh, which may not be there yet: the labels its chart gives the pods. */
function ownEntrance(mesh: MeshSpec): Entrance {
  const values = mesh.values.gateway;
  const name = textAt(values, 'name') ?? charts.gateway.releaseName;
  return {
    labels: {
      app: textAt(values, 'labels.app') ?? name,
      istio: textAt(values, 'labels.istio') ?? name.replace(/^istio-/, ''),
    },
    ports: valueAt(values, 'service') === undefined ? new Set([15021, 80, 443]) : undefined,
  };
}

const labelKey = /^(?:[a-z0-9.-]{1,253}\/)?[A-Za-z0-9](?:[-._A-Za-z0-9]{0,61}[A-Za-z0-9])?$/;
const labelValue = /^(?:[A-Za-z0-9](?:[-._A-Za-z0-9]{0,61}[A-Za-z0-9])?)?$/;

function areLabels(labels: Labels): boolean {
  return Object.entries(labels).every(([key, value]) => labelKey.test(key) && labelValue.test(value));
}
