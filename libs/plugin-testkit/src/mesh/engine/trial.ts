import type { Digest, Plan, RolloutStatus } from '@meshwright/model';
import type { Trial, Wish } from '../trial.ts';
import type { ToldMoment } from './told.ts';

/** One pattern in a repository of its own, led by the whole engine: from a commit to what people are told. */
export interface EngineTrial extends Pick<Trial, 'name' | 'cluster' | 'charts' | 'members'> {
  /** Commits the pattern as it is wished for, or without its file; gives the commit, of which there is a rollout soon. */
  commit(subject: string, wish: Wish | undefined): Promise<string>;
  /** Goes back to the rollout of an earlier commit, as a person does; there is a new rollout of that commit then. */
  rollBack(commit: string): Promise<void>;
  /** Waits until the newest rollout of a commit waits for approval, or is over. */
  untilDecidable(commit: string): Promise<RolloutStatus>;
  /** Waits until the newest rollout of a commit is over. */
  untilOver(commit: string): Promise<RolloutStatus>;
  /**
   * Approves what waits, as somebody else than its author.
   * @param subject the digest of what is approved.
   * @throws Error with what it was refused for.
   */
  approve(commit: string, subject: string): Promise<void>;
  /** A plan as it is kept beside the run. */
  readPlan(digest: Digest): Promise<Plan>;
  /** The stage whose health is being looked at on the cluster. */
  stageUnderWay(): Promise<string | undefined>;
  /** How many changes of the mesh were begun. */
  countChanges(): Promise<number>;
  /** What there is to see of the newest rollout of a commit now. */
  look(commit: string): Promise<ToldMoment>;
}
