import { Phase, type RolloutStatus } from '@meshwright/model';

/** The commit that a rollout's hold is about: one that a person took back by it, or else its own. */
export function heldCommit({ phase, commit, request }: RolloutStatus): string {
  return phase === Phase.succeeded ? (request?.holds ?? commit) : commit;
}
