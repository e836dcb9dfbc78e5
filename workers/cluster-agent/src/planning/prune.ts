import { formatReference, type ObjectReference } from '@meshwright/model';

/** Kinds whose deletion takes along what other people made: never pruned by a change of a pattern. */
const riskyKinds: readonly string[] = ['Namespace', 'CustomResourceDefinition', 'PersistentVolumeClaim'];

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
