import type { Digest, PatternSnapshot, ValidPattern } from '@meshwright/model';

/** What a rollout needs to know of a pattern whose snapshot is stored under the digest. */
export function validPattern(snapshot: Digest, { pattern }: PatternSnapshot): ValidPattern {
  const { mesh, targets, change, approval } = pattern.spec;
  return {
    snapshot,
    mesh: { type: mesh.type, version: mesh.version },
    targets: targets.map(({ cluster, wave }) => ({ cluster, wave })),
    onFailure: change.onFailure,
    approval,
  };
}
