import { errorCodes, isFinal, Phase, Verdict } from '@meshwright/model';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { BoundedValues, otherValue } from './bounded.ts';
import { MetricNames } from './names.ts';
import type { Metrics } from './recorder.ts';

/** Metrics with the text that Prometheus reads. */
export interface RecordedMetrics extends Metrics {
  /** In the text format of Prometheus, version 0.0.4. */
  text(): Promise<string>;
  readonly contentType: string;
}

export interface MetricsOptions {
  version: string;
  /** Whether Node's own metrics of the process are among them. */
  process?: boolean;
  /** How many different names of one kind are told apart; 500 unless told. */
  mostNames?: number;
}

/** From a look at a cluster to a roll-out that waits a day for its nodes. */
const longSeconds = [1, 2, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 14_400, 86_400];
const activitySeconds = [0.05, 0.25, 1, 2.5, 10, 30, 60, 300, 1_800];
const requestSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 35];

/** Counters, gauges and histograms of one process, in a registry of their own. */
export function createMetrics({
  version,
  process: own = false,
  mostNames = 500,
}: MetricsOptions): RecordedMetrics {
  const registry = new Registry();
  if (own) collectDefaultMetrics({ register: registry });
  const build = gauge(registry, MetricNames.buildInfo, 'The version that runs; always 1.', [
    'version',
    'node',
  ]);
  build.set({ version, node: process.version }, 1);
  const names = boundedNames(mostNames);
  const { expectEnd, ...workflows } = ofWorkflows(registry, names);
  const { planned, requested } = ofClusters(registry, names);
  return {
    ...workflows,
    ...ofActivities(registry, names),
    ...ofRepositories(registry, names),
    requested,
    planned(plan) {
      expectEnd(plan);
      planned(plan);
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

type Names = Record<'pattern' | 'cluster' | 'mesh' | 'repository' | 'activity', BoundedValues>;

function boundedNames(most: number): Names {
  const values = (): BoundedValues => new BoundedValues({ most });
  return { pattern: values(), cluster: values(), mesh: values(), repository: values(), activity: values() };
}

function ofWorkflows(
  registry: Registry,
  names: Names,
): Pick<Metrics, 'rolloutEnded' | 'changeEnded' | 'judged'> & { expectEnd: Metrics['planned'] } {
  const { rollouts, rolloutSeconds, changes, changeSeconds, stageSeconds, verdicts } = MetricNames;
  const rolloutCount = counter(registry, rollouts, 'Rollouts that ended.', ['pattern', 'purpose', 'phase']);
  const rolloutTime = seconds(
    registry,
    rolloutSeconds,
    'From the start of a rollout to its end.',
    ['phase'],
    longSeconds,
  );
  const changeCount = counter(registry, changes, 'Changes of one target that ended.', [
    'cluster',
    'mesh',
    'phase',
  ]);
  const changeTime = seconds(
    registry,
    changeSeconds,
    'From the start of a change to its end.',
    ['cluster', 'mesh', 'phase'],
    longSeconds,
  );
  const stageTime = seconds(
    registry,
    stageSeconds,
    'Stages of changes, applied and verified.',
    ['cluster', 'mesh', 'way', 'kind', 'state'],
    longSeconds,
  );
  const verdictCount = counter(registry, verdicts, 'Measurements that were judged.', ['pattern', 'verdict']);
  const ends = Object.values(Phase).filter(isFinal);
  for (const phase of ends) rolloutTime.zero({ phase });
  return {
    // Prometheus sees no increase in a series that begins with 1: what may be counted soon is there with 0 before.
    expectEnd({ pattern: planned, purpose }) {
      const pattern = names.pattern.of(planned);
      for (const phase of ends) rolloutCount.inc({ pattern, purpose, phase }, 0);
      for (const verdict of Object.values(Verdict)) verdictCount.inc({ pattern, verdict }, 0);
    },
    rolloutEnded({ pattern, purpose, phase, seconds: took }) {
      rolloutCount.inc({ pattern: names.pattern.of(pattern), purpose, phase });
      rolloutTime.observe({ phase }, atLeastNothing(took));
    },
    changeEnded({ cluster, mesh, phase, seconds: took, stages }) {
      const where = { cluster: names.cluster.of(cluster), mesh: names.mesh.of(mesh) };
      changeCount.inc({ ...where, phase });
      changeTime.observe({ ...where, phase }, atLeastNothing(took));
      for (const { way, kind, state, seconds: stageTook } of stages) {
        stageTime.observe({ ...where, way, kind, state }, atLeastNothing(stageTook));
      }
    },
    judged({ pattern, verdict }) {
      verdictCount.inc({ pattern: pattern === undefined ? '' : names.pattern.of(pattern), verdict });
    },
  };
}

function ofActivities(registry: Registry, names: Names): Pick<Metrics, 'activityEnded'> {
  const { activities, activitySeconds: name, activityFailures } = MetricNames;
  const count = counter(registry, activities, 'Attempts at activities that ended.', ['activity', 'outcome']);
  const time = seconds(registry, name, 'Attempts at activities.', ['activity'], activitySeconds);
  const failures = counter(registry, activityFailures, 'Attempts that failed, by error code.', [
    'activity',
    'code',
  ]);
  return {
    activityEnded({ name: given, outcome, code, seconds: took }) {
      const activity = names.activity.of(given);
      count.inc({ activity, outcome });
      time.observe({ activity }, atLeastNothing(took));
      if (code !== undefined) failures.inc({ activity, code: code in errorCodes ? code : otherValue });
    },
  };
}

function ofRepositories(registry: Registry, names: Names): Pick<Metrics, 'looked' | 'commitRead'> {
  const { looks, lastLook, commits, patternsRead } = MetricNames;
  const count = counter(registry, looks, 'Looks at the watched branch.', ['repository', 'result']);
  const last = gauge(registry, lastLook, 'When the branch was last seen, in seconds since 1970.', [
    'repository',
  ]);
  const read = counter(registry, commits, 'Commits whose patterns were read.', ['repository']);
  const patterns = counter(registry, patternsRead, 'New and changed pattern files.', [
    'repository',
    'validity',
  ]);
  return {
    looked({ repository: given, result }) {
      const repository = names.repository.of(given);
      count.inc({ repository, result });
      if (result === 'seen') last.set({ repository }, Date.now() / 1_000);
    },
    commitRead({ repository: given, valid, invalid }) {
      const repository = names.repository.of(given);
      read.inc({ repository });
      patterns.inc({ repository, validity: 'valid' }, valid);
      patterns.inc({ repository, validity: 'invalid' }, invalid);
    },
  };
}

function ofClusters(registry: Registry, names: Names): Pick<Metrics, 'planned' | 'requested'> {
  const { plans, driftedObjects, driftFound, apiRequests, apiSeconds } = MetricNames;
  const planCount = counter(registry, plans, 'Plans that were made.', ['cluster', 'action']);
  const drifted = gauge(
    registry,
    driftedObjects,
    'Objects that somebody else has changed, when the pattern was last planned.',
    ['cluster', 'pattern'],
  );
  const found = counter(registry, driftFound, 'Plans that found such objects.', ['cluster', 'pattern']);
  const requests = counter(
    registry,
    apiRequests,
    'Attempts at requests to the API server by status; 429 is throttling, none is no answer.',
    ['cluster', 'method', 'status'],
  );
  const time = seconds(
    registry,
    apiSeconds,
    'Attempts that were answered.',
    ['cluster', 'method'],
    requestSeconds,
  );
  return {
    planned({ cluster: givenCluster, pattern: givenPattern, action, drifted: objects }) {
      const cluster = names.cluster.of(givenCluster);
      const pattern = names.pattern.of(givenPattern);
      planCount.inc({ cluster, action });
      drifted.set({ cluster, pattern }, objects);
      found.inc({ cluster, pattern }, objects > 0 ? 1 : 0);
    },
    requested({ cluster: given, method, status, seconds: took }) {
      const cluster = names.cluster.of(given);
      requests.inc({ cluster, method, status: status === undefined ? 'none' : String(status) });
      if (status !== undefined) time.observe({ cluster, method }, atLeastNothing(took));
    },
  };
}

function counter<Label extends string>(
  registry: Registry,
  name: string,
  help: string,
  labelNames: Label[],
): Counter<Label> {
  return new Counter({ name, help, labelNames, registers: [registry] });
}

function gauge<Label extends string>(
  registry: Registry,
  name: string,
  help: string,
  labelNames: Label[],
): Gauge<Label> {
  return new Gauge({ name, help, labelNames, registers: [registry] });
}

function seconds<Label extends string>(
  registry: Registry,
  name: string,
  help: string,
  labelNames: Label[],
  buckets: number[],
): Histogram<Label> {
  return new Histogram({ name, help, labelNames, buckets, registers: [registry] });
}

/** Clocks of several machines differ; what is not a number must not stop whoever tells it. */
function atLeastNothing(value: number): number {
  return Number.isFinite(value) ? Math.max(0, value) : 0;
}
