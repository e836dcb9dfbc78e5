import { startClusterAgent, plugins } from '@meshwright/cluster-agent';
import { openClusterSecrets } from '@meshwright/cluster';
import { type Config, connectionOf, openSecrets } from '@meshwright/config';
import { openEvidence } from '@meshwright/evidence';
import { startGitWatcher } from '@meshwright/git-watcher';
import { generators, startLoadAgent } from '@meshwright/load-agent';
import { startOrchestrator } from '@meshwright/orchestrator';
import type { ResultsStore } from '@meshwright/results';
import type { Logger } from '@meshwright/telemetry';

/** Everything of one engine in this process. */
export interface Standalone {
  /** Rejects when one of the workers can never run. */
  finished: Promise<void>;
  /** Lets running activities end, then lets go of everything. */
  stop(): Promise<void>;
}

/** How the load agent of this process is called. */
const ownLoadAgent = 'local';

/** Starts the orchestrator, the git watcher, a load agent, and an agent for every target. They wait for Temporal by themselves. */
export async function startStandalone({
  config,
  logger,
}: {
  config: Config;
  logger: Logger;
}): Promise<Standalone> {
  const clusters = openClusterSecrets(config.targets.map(connectionOf));
  const secrets = openSecrets({ kubernetes: clusters });
  const temporal = await secrets.temporal(config.temporal);
  const evidence = openEvidence(config.evidence);
  // Loaded when there is something to keep: the database's libraries are no part of what most engines need.
  const results = async (): Promise<ResultsStore> => {
    const { openResults } = await import('@meshwright/results');
    return openResults(await secrets.results(config.results));
  };
  const parts = await Promise.all([
    startOrchestrator({ temporal, logger, results }),
    startGitWatcher({ config, temporal, evidence, secrets, logger, knownMeshes: plugins.ids }),
    startLoadAgent({ name: ownLoadAgent, temporal, logger }),
    ...config.targets.map((target) =>
      startClusterAgent({ config, target, temporal, evidence, generators, logger }),
    ),
  ]);
  return {
    finished: Promise.all(parts.map((part) => part.finished)).then(() => undefined),
    async stop() {
      await Promise.all(parts.map((part) => part.stop()));
      await clusters.close();
    },
  };
}
