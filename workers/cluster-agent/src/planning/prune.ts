import type { InventoryMember } from '@meshwright/cluster';
import {
  formatReference,
  type KubernetesObject,
  type ObjectReference,
  referenceKey,
  referenceOf,
} from '@meshwright/model';

/** Kinds whose deletion takes along what other people made: never pruned by a change of a pattern. */
const riskyKinds: readonly string[] = ['Namespace', 'CustomResourceDefinition', 'PersistentVolumeClaim'];

/** The members of an inventory that are not among the desired objects. */
export function goneFrom(
  members: readonly InventoryMember[],
  desired: readonly KubernetesObject[],
): ObjectReference[] {
  const wanted = new Set(desired.map((object) => referenceKey(referenceOf(object))));
  // Manifests may name a namespace also for kinds that have none.
  for (const { apiVersion, kind, metadata } of desired) {
    wanted.add(referenceKey({ apiVersion, kind, name: metadata.name }));
  }
  return members.map(({ object }) => object).filter((object) => !wanted.has(referenceKey(object)));
}

/** Splits what a pattern no longer holds into what may be deleted and warnings about what is kept. */
export function keepRisky(references: readonly ObjectReference[]): {
  deletable: ObjectReference[];
  warnings: string[];
} {
  const kept = references.filter(({ kind }) => riskyKinds.includes(kind));
  return {
    deletable: references.filter(({ kind }) => !riskyKinds.includes(kind)),
    warnings: kept.map(
      (reference) =>
        `${formatReference(reference)} is no longer in the pattern; it is kept, because deleting it would delete what it holds.`,
    ),
  };
}
