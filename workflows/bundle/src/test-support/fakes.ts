import { setTimeout as delay } from 'node:timers/promises';
import type {
  CommitReading,
  ConcludeInput,
  ObserveRepositoryInput,
  OfferRevertInput,
  OwnedObjects,
  PlanChangeInput,
  PlanSummary,
  ProbesInput,
  PullRequestReading,
  ReadCommitInput,
  RepositoryActivities,
  RepositoryObservation,
  RevertOffer,
  RolloutInput,
  StageInput,
  StageResult,
  TargetActivities,
} from '@meshwright/model';
import { heartbeating } from '@meshwright/temporal';
import { digestOf, samplePlan } from './samples.ts';

type Behaviour<A> = { [name in keyof A]?: A[name] };

/** One call of a fake: which activity, and the part of its input that tells calls apart. */
export interface Call {
  cluster: string;
  activity: keyof TargetActivities;
  stage?: string;
}

/** Clusters at the port of their agent: every call is noted and succeeds, unless a test says otherwise. */
export class FakeTargets {
  readonly calls: Call[] = [];
  readonly concluded: ConcludeInput[] = [];
  /** The inputs of all stages, in order. */
  readonly stages: StageInput[] = [];
  behaviour: Behaviour<TargetActivities> = {};

  reset(): void {
    this.calls.length = 0;
    this.concluded.length = 0;
    this.stages.length = 0;
    this.behaviour = {};
  }

  /** `local apply base` for each call, in order. */
  get log(): string[] {
    return this.calls.map(({ cluster, activity, stage }) => [cluster, activity, stage].join(' ').trim());
  }

  readonly activities: TargetActivities = {
    planChange: async (input: PlanChangeInput): Promise<PlanSummary> => {
      this.calls.push({ cluster: input.cluster, activity: 'planChange' });
      return this.behaviour.planChange?.(input) ?? samplePlan(input);
    },
    applyStage: (input: StageInput): Promise<StageResult> => this.#stage('applyStage', input, 'applied'),
    verifyStage: (input: StageInput): Promise<StageResult> => this.#stage('verifyStage', input, 'healthy'),
    openProbes: (input) => this.#probes('openProbes', input),
    closeProbes: (input) => this.#probes('closeProbes', input),
    concludeChange: async (input: ConcludeInput): Promise<void> => {
      const { cluster, outcome } = input;
      this.calls.push({ cluster, activity: 'concludeChange', stage: outcome });
      await this.behaviour.concludeChange?.(input);
      this.concluded.push(input);
    },
    listOwned: async (input: { cluster: string; pattern: string }): Promise<OwnedObjects> => {
      this.calls.push({ cluster: input.cluster, activity: 'listOwned' });
      const owned = { total: 3, sample: ['Namespace istio-system'], removal: 'Run the removal.' };
      return this.behaviour.listOwned?.(input) ?? owned;
    },
  };

  async #probes(activity: 'openProbes' | 'closeProbes', input: ProbesInput): Promise<StageResult> {
    this.calls.push({ cluster: input.cluster, activity });
    return this.behaviour[activity]?.(input) ?? { note: 'done' };
  }

  async #stage(
    activity: 'applyStage' | 'verifyStage',
    input: StageInput,
    note: string,
  ): Promise<StageResult> {
    this.calls.push({ cluster: input.cluster, activity, stage: input.stage });
    this.stages.push(input);
    return this.behaviour[activity]?.(input) ?? { note };
  }
}

/** A branch at the port of the git watcher: tests move it, the watch sees it. */
export class FakeRepository {
  readonly reads: ReadCommitInput[] = [];
  #observation: RepositoryObservation = { kind: 'unchanged' };
  readonly #readings = new Map<string, CommitReading | Error>();
  /** False makes the long look blind, so that only a hint finds what has moved. */
  polls = true;
  waits = 0;
  readonly offers: OfferRevertInput[] = [];
  /** What a pull request changes. */
  head: PullRequestReading | undefined;
  /** What becomes of an offered revert. */
  revert: () => Promise<RevertOffer> = () => Promise.resolve({ branch: 'meshwright/revert' });

  reset(): void {
    this.#observation = { kind: 'unchanged' };
    this.#readings.clear();
    this.reads.length = 0;
    this.polls = true;
    this.waits = 0;
    this.offers.length = 0;
    this.head = undefined;
    this.revert = () => Promise.resolve({ branch: 'meshwright/revert' });
  }

  /** The branch now stands at this commit, which asks for these rollouts. */
  moveTo(inputs: RolloutInput[], more: Partial<CommitReading> = {}): void {
    const [first] = inputs;
    const commit = more.commit ?? first?.commit;
    if (commit === undefined) throw new Error('A move needs a commit.');
    const rollouts = inputs.map((input) => ({ input, digest: digestOf(JSON.stringify(input)) }));
    const policy = { path: 'approvals.yaml', diagnostics: [] };
    const quiet = { removed: [], renamed: [], unchanged: 0, forced: false, notes: [], policy, channels: [] };
    this.#readings.set(commit.id, { ...quiet, commit, rollouts, ...more });
    this.#observation = { kind: 'moved', commit: commit.id };
  }

  /** The branch now stands at a commit that cannot be read. */
  moveToUnreadable(commit: string, error: Error): void {
    this.#readings.set(commit, error);
    this.#observation = { kind: 'moved', commit };
  }

  show(observation: RepositoryObservation): void {
    this.#observation = observation;
  }

  readonly activities: RepositoryActivities = {
    observeRepository: (input) => Promise.resolve(this.#look(input)),
    awaitRepositoryChange: (input) => {
      this.waits += 1;
      return heartbeating(async (signal) => {
        for (;;) {
          const seen = this.#look(input);
          const differs = seen.kind === 'moved' || seen.kind !== (input.lastKind ?? 'unchanged');
          if (this.polls && differs) return seen;
          await delay(50, undefined, { signal });
        }
      });
    },
    readCommit: (input) => {
      this.reads.push(input);
      const reading = this.#readings.get(input.commit);
      if (reading === undefined) return Promise.reject(new Error(`No commit ${input.commit}.`));
      return reading instanceof Error ? Promise.reject(reading) : Promise.resolve(reading);
    },
    readPullRequestHead: ({ commit }) =>
      this.head === undefined
        ? Promise.reject(new Error(`No commit ${commit}.`))
        : Promise.resolve(this.head),
    offerRevert: (input) => {
      this.offers.push(input);
      return this.revert();
    },
  };

  #look({ lastCommit }: ObserveRepositoryInput): RepositoryObservation {
    const seen = this.#observation;
    return seen.kind === 'moved' && seen.commit === lastCommit ? { kind: 'unchanged' } : seen;
  }
}
