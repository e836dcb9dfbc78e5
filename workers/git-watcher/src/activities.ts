import type { Config, Secrets } from '@meshwright/config';
import type { EvidenceStore } from '@meshwright/evidence';
import type { RepositoryActivities } from '@meshwright/model';
import type { Metrics } from '@meshwright/telemetry';
import { heartbeating } from '@meshwright/temporal';
import type { Hints } from './hints.ts';
import { awaitChange, observe } from './observing.ts';
import { readPullRequestHead } from './pull-request.ts';
import { readCommit } from './reading.ts';
import { repositoriesOf } from './repositories.ts';
import { offerRevert } from './reverting.ts';
import { tellLooks, tellReading } from './telling.ts';

export interface RepositoryActivityOptions {
  config: Pick<Config, 'repositories' | 'targets' | 'evidence'>;
  evidence: EvidenceStore;
  secrets: Secrets;
  hints: Hints;
  /** Ids of the mesh plugins; a pattern of another mesh is invalid. */
  knownMeshes: readonly string[];
  metrics?: Metrics;
}

/** The activities on the task queue `git`; they run inside Temporal's activity context alone. */
export function createRepositoryActivities(options: RepositoryActivityOptions): RepositoryActivities {
  const { config, evidence, secrets, hints, knownMeshes, metrics } = options;
  const find = tellLooks(repositoriesOf(config, secrets), metrics);
  const knownTargets = config.targets.map(({ name }) => name);
  return {
    observeRepository: (input) => heartbeating((signal) => observe(find, input, signal)),
    awaitRepositoryChange: (input) => heartbeating((signal) => awaitChange({ find, hints, signal }, input)),
    readCommit: (input) =>
      heartbeating(async (signal) => {
        const reading = await readCommit({ find, evidence, knownMeshes, knownTargets, signal }, input);
        tellReading(input.repository, reading, metrics);
        return reading;
      }),
    readPullRequestHead: (input) =>
      heartbeating((signal) =>
        readPullRequestHead({ find, evidence, knownMeshes, knownTargets, signal }, input),
      ),
    offerRevert: (input) =>
      heartbeating((signal) => offerRevert({ find, knownMeshes, knownTargets, signal }, input)),
  };
}
