import { startClusterAgent, plugins } from '@meshwright/cluster-agent';
import { openClusterSecrets } from '@meshwright/cluster';
import { type Config, connectionOf, openSecrets } from '@meshwright/config';
import { openEvidence } from '@meshwright/evidence';
import { startGateway } from '@meshwright/gateway';
import { startGitWatcher } from '@meshwright/git-watcher';
import { generators, startLoadAgent } from '@meshwright/load-agent';
import { startOrchestrator } from '@meshwright/orchestrator';
import type { ResultsStore } from '@meshwright/results';
import type { Logger } from '@meshwright/telemetry';
import { startMetrics } from './metrics.ts';

/** Everything of one engine in this process. */
export interface Standalone {
  /** Rejects when one of the workers can never run. */
  finished: Promise<void>;
  /** Where metrics are served, where the configuration says so. */
  metrics?: { url: string };
  /** Where the gateway listens, where somebody is configured whom it could believe. */
  gateway?: { url: string };
  /** Lets running activities end, then lets go of everything. */
  stop(): Promise<void>;
}

/** How the load agent of this process is called. */
const ownLoadAgent = 'local';

/** Starts the orchestrator, the git watcher, the gateway, a load agent, and an agent for every target. They wait for Temporal by themselves. */
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
  const served = config.metrics === undefined ? undefined : await startMetrics(config.metrics, logger);
  const shared = { temporal, logger, ...(served === undefined ? {} : { metrics: served.metrics }) };
  const watching = startGitWatcher({ ...shared, config, evidence, secrets, knownMeshes: plugins.ids });
  const onHint = (repository: string): void => {
    watching.then((watcher) => watcher.hint(repository)).catch(() => undefined);
  };
  const gateway = startGateway({ ...shared, config, evidence, secrets, onHint });
  const parts = await Promise.all([
    startOrchestrator({ ...shared, results }),
    watching,
    gateway,
    startLoadAgent({ ...shared, name: ownLoadAgent }),
    ...config.targets.map((target) => startClusterAgent({ ...shared, config, target, evidence, generators })),
  ]).catch(async (error: unknown) => {
    await served?.stop();
    throw error;
  });
  const { url } = await gateway;
  return {
    finished: Promise.all(parts.map((part) => part.finished)).then(() => undefined),
    ...(served === undefined ? {} : { metrics: { url: served.url } }),
    ...(url === undefined ? {} : { gateway: { url } }),
    async stop() {
      await Promise.all(parts.map((part) => part.stop()));
      await Promise.all([clusters.close(), served?.stop()]);
    },
  };
}
