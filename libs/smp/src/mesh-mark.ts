import { MeshwrightError } from '@meshwright/model';

/** A resource: how much of it was used, and how much there was, in the same unit. */
export interface Utilization {
  used: number;
  assigned: number;
}

/**
 * The classes of MeshMark with their utilization efficiencies and weights, as Meshwright publishes them (docs/meshmark.md);
 * the specification leaves both open. A weight shifts the share of an efficiency in its class by -50 % to +50 %.
 */
export const meshMarkClasses = {
  processor: { proxyCpu: 0.25, controlPlaneCpu: -0.25 },
  memory: { proxyMemory: 0.25, controlPlaneMemory: -0.25 },
  network: { bandwidth: 0 },
} as const satisfies Readonly<Record<string, Readonly<Record<string, number>>>>;

/** A class of resources. */
export type MeshMarkClass = keyof typeof meshMarkClasses;
/** A resource that counts. */
export type MeshMarkResource = {
  [Class in MeshMarkClass]: keyof (typeof meshMarkClasses)[Class];
}[MeshMarkClass];

/** The index, with what went into it: two of them compare only when they rest on the same resources. */
export interface MeshMark {
  /** From 0, nothing is left of any resource, to 100, nothing is used. */
  mark: number;
  /** Of each class that anything is known of, from 0 to 1. */
  classes: Partial<Record<MeshMarkClass, number>>;
  resources: MeshMarkResource[];
}

/**
 * MeshMark: the mean over classes of the weighted mean of what is left of their resources, times 100. Of a resource of which
 * more is used than was assigned nothing is left.
 * @throws MeshwrightError INVALID_INPUT when nothing is known, or a figure is no amount.
 */
export function meshMark(utilizations: Readonly<Partial<Record<MeshMarkResource, Utilization>>>): MeshMark {
  const found: MeshMark = { mark: 0, classes: {}, resources: [] };
  for (const [name, weights] of Object.entries(meshMarkClasses)) {
    let sum = 0;
    let total = 0;
    for (const [resource, weight] of Object.entries(weights) as [MeshMarkResource, number][]) {
      const utilization = utilizations[resource];
      if (utilization === undefined) continue;
      sum += efficiencyOf(resource, utilization) * (1 + weight);
      total += 1 + weight;
      found.resources.push(resource);
    }
    if (total > 0) found.classes[name as MeshMarkClass] = sum / total;
  }
  const classes = Object.values(found.classes);
  if (classes.length === 0) throw new MeshwrightError('INVALID_INPUT', 'MeshMark of no resource is nothing.');
  const mark = (100 * classes.reduce((sum, one) => sum + one, 0)) / classes.length;
  return { ...found, mark: Math.min(100, mark) };
}

/** What is left of a resource, from 0 to 1. */
function efficiencyOf(resource: string, { used, assigned }: Utilization): number {
  if (!(used >= 0 && Number.isFinite(used) && assigned > 0 && Number.isFinite(assigned))) {
    const message = `The utilization of ${resource} is none: ${used} of ${assigned}.`;
    throw new MeshwrightError('INVALID_INPUT', message, {
      remedy: 'Give amounts, of which some is assigned.',
    });
  }
  return Math.max(0, 1 - used / assigned);
}
