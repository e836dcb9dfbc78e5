import { join } from 'node:path';
import { openCharts } from '@meshwright/charts';
import { type Config, connectionOf, type TargetConfig } from '@meshwright/config';
import type { EvidenceStore } from '@meshwright/evidence';
import { TaskQueue } from '@meshwright/model';
import type { ChartsPort, LoadRegistry, MeshPlugin } from '@meshwright/plugin-sdk';
import type { Logger, Metrics } from '@meshwright/telemetry';
import { asActivities, type RunningWorker, startWorker, type TemporalOptions } from '@meshwright/temporal';
import { createTargetActivities } from './activities.ts';
import { openClients } from './clients.ts';
import { plugins } from './registry.ts';
import { tellPlans } from './tell-plans.ts';

export interface ClusterAgentOptions {
  config: Config;
  target: TargetConfig;
  temporal: TemporalOptions;
  evidence: EvidenceStore;
  /** For trials in pods of the cluster. */
  generators: LoadRegistry;
  logger: Logger;
  metrics?: Metrics;
}

/** A worker that serves one cluster, on the task queue `cluster:<name>`. */
export async function startClusterAgent(options: ClusterAgentOptions): Promise<RunningWorker> {
  const { config, target, temporal, evidence, generators, metrics } = options;
  const logger = options.logger.child({ cluster: target.name });
  const measured = metrics === undefined ? {} : { metrics };
  const clients = openClients({ ...connectionOf(target), ...measured });
  const activities = createTargetActivities({
    clients,
    evidence,
    generators,
    registry: plugins,
    chartsOf: chartsByMesh(config, logger),
    probeImage: config.probes.image,
    ...(target.imagePatienceMs === undefined ? {} : { imagePatienceMs: target.imagePatienceMs }),
  });
  const worker = await startWorker({
    ...temporal,
    taskQueue: TaskQueue.cluster(target.name),
    activities: asActivities(metrics === undefined ? activities : tellPlans(activities, metrics), logger),
    logger,
    ...measured,
  });
  return {
    get state() {
      return worker.state;
    },
    ready: worker.ready,
    finished: worker.finished,
    async stop() {
      await worker.stop();
      await clients.close();
    },
  };
}

/** One chart source for each mesh, opened when it is first needed. */
function chartsByMesh(config: Config, logger: Logger): (plugin: MeshPlugin) => ChartsPort {
  const opened = new Map<string, ChartsPort>();
  return (plugin) => {
    const known = opened.get(plugin.id);
    if (known !== undefined) return known;
    const configured = config.meshes[plugin.id]?.charts;
    const charts = openCharts({
      helm: config.charts.helm,
      cacheDirectory: join(config.charts.cache, plugin.id),
      source: configured?.source ?? { repository: plugin.chartRepository },
      digests: configured?.digests ?? {},
      logger,
    });
    opened.set(plugin.id, charts);
    return charts;
  };
}
