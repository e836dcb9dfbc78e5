import { judgedLimits, limitsTogether, loadEndpointOf } from '@meshwright/pattern';
import {
  Contrast,
  type GateMeasurement,
  type GatePlan,
  type KubernetesObject,
  type LoadEndpoint,
  type LoadPath,
  MeshwrightError,
  OnRegression,
  type PerformanceGate,
  type PerformanceProfile,
  type Plan,
  PlanAction,
} from '@meshwright/model';
import { type LoadRegistry, refuseUnable } from '@meshwright/plugin-sdk';
import type { ComparedStage } from '../undo.ts';
import type { Planning } from '../target.ts';
import { chooseContrast, type Chosen } from './contrast.ts';
import { createdProbes, type LivePair } from './created-probes.ts';
import { loopback, toServer } from './fortio-server.ts';
import { readUsedProbes, type UsedProbes } from './used-probes.ts';

/** The load agent that sends where no probe does: the one of the standalone process. */
const localAgent = 'local';
const usualErrorMargin = 0.005;

/** What the rest of the plan says that the gate depends on. */
export type Planned = Pick<Plan, 'action' | 'mesh' | 'meshBefore'> & { compared: readonly ComparedStage[] };

/** The gate of a plan and what it creates, or why a change that should be measured cannot be. */
export interface PlannedGate {
  gate?: GatePlan;
  probes?: KubernetesObject[];
  warnings: string[];
}

/**
 * How a change is measured; nothing where the pattern asks for no measurement or the plan changes nothing.
 * @throws MeshwrightError UNSUPPORTED for a contrast or a generator that cannot be had, INVALID_PATTERN for a probe that is
 *   nowhere or a gate without a limit that can be judged.
 */
export async function planGate(planning: Planning, planned: Planned): Promise<PlannedGate> {
  const { pattern, profile } = planning.snapshot;
  const { performance } = pattern.spec;
  if (performance === undefined || profile === undefined || planned.action === PlanAction.none) {
    return { warnings: [] };
  }
  const used = await readUsedProbes(planning, profile);
  if (used === 'not-there-yet') {
    return {
      warnings: ['This change is not measured: the probes of the profile are not on the cluster yet.'],
    };
  }
  const chosen = chooseContrast(planning, planned, { profile, used });
  const created = createdProbes(planning, planned, chosen);
  const ways = waysOf(profile, { chosen, created, used });
  const gate: GatePlan = {
    ...limitsOf(profile, performance, { fromPods: tellsCost(ways) }),
    profile: profile.metadata.name,
    contrast: chosen.contrast,
    reason: chosen.reason,
    generator: profile.spec.generator,
    agent: localAgent,
    load: profile.spec.load,
    looks: profile.spec.looks,
    measurements: ways,
    ...(chosen.afterStage === undefined ? {} : { afterStage: chosen.afterStage }),
    ...(created === undefined ? {} : { probes: created.summary }),
    ...watchOf(ways, { chosen, created }),
    ...reactionOf(planned, performance),
  };
  refuseGenerator(gate, planning.generators);
  return {
    gate,
    ...(created === undefined ? {} : { probes: created.objects }),
    warnings: gate.unmeasured.map(
      (metric) =>
        `The limit of ${metric} is not judged: only load that pods of the mesh send all of tells it.`,
    ),
  };
}

/** A mesh has its price: what the first installation costs is told, and is no reason to take it back. */
function reactionOf(
  { action }: Planned,
  { onRegression, onInconclusive }: PerformanceGate,
): Pick<GatePlan, 'onRegression' | 'onInconclusive'> {
  return action === PlanAction.install
    ? { onRegression: OnRegression.report, onInconclusive: OnRegression.report }
    : { onRegression, onInconclusive };
}

function limitsOf(
  { metadata, spec }: PerformanceProfile,
  { gate }: PerformanceGate,
  sending: { fromPods: boolean },
): Pick<GatePlan, 'metrics' | 'errorMargin' | 'unmeasured'> {
  const {
    metrics,
    errorMargin = usualErrorMargin,
    unmeasured,
  } = judgedLimits(limitsTogether(spec.limits, gate), sending);
  if (metrics.length > 0) return { metrics, errorMargin, unmeasured };
  throw new MeshwrightError(
    'INVALID_PATTERN',
    `The profile ${metadata.name} and its gate limit no latency.`,
    {
      remedy: 'Write a limit for p50, p90, p99 or p99.9.',
    },
  );
}

/** Whether pods send everything, and none of it past the proxies, as a control does: only then is there a cost to judge. */
function tellsCost(ways: readonly GateMeasurement[]): boolean {
  return ways.every(
    ({ paths: { a, b }, control }) => a.probe !== undefined && b.probe !== undefined && control === undefined,
  );
}

interface Sources {
  chosen: Chosen;
  created: ReturnType<typeof createdProbes>;
  used: UsedProbes | undefined;
}

function waysOf({ spec }: PerformanceProfile, { chosen, created, used }: Sources): GateMeasurement[] {
  return spec.endpoints.map((named): GateMeasurement => {
    const endpoint = loadEndpointOf(named);
    if (chosen.contrast === Contrast.concurrent && created?.both !== undefined) {
      const { a, b } = created.both;
      const paths = { a: livePath(endpoint, a), b: livePath(endpoint, b) };
      return { endpoint: named.name, paths };
    }
    const client = created?.client ?? used?.client;
    const way: LoadPath = { ...(client === undefined ? {} : { probe: client }), endpoint };
    const control = created?.control ?? used?.control;
    const isControlled = chosen.contrast === Contrast.controlled && control !== undefined;
    return {
      endpoint: named.name,
      paths: { a: way, b: way },
      ...(isControlled ? { control: { probe: control, endpoint: loopback(endpoint) } } : {}),
    };
  });
}

/** From a pod of one control plane to another of the same; only what that one used is its cost. */
function livePath(endpoint: LoadEndpoint, { client, host, cost }: LivePair): LoadPath {
  return { probe: client, endpoint: toServer(endpoint, host), cost };
}

/** The first endpoint, by whoever can send to it while the change runs. */
function watchOf(
  [first]: readonly GateMeasurement[],
  { chosen, created }: Pick<Sources, 'chosen' | 'created'>,
): Pick<GatePlan, 'watch'> {
  const goesAway = created !== undefined && !created.summary.staysOpen;
  if (first === undefined || chosen.contrast === Contrast.concurrent || goesAway) return {};
  return { watch: first.paths.b };
}

/** Said before anything is measured, of every request that will be sent. */
function refuseGenerator({ generator, measurements, load }: GatePlan, generators: LoadRegistry): void {
  const plugin = generators.generator(generator);
  const ways = measurements.flatMap(({ paths, control }) => [
    paths.a,
    paths.b,
    ...(control === undefined ? [] : [control]),
  ]);
  for (const { probe, endpoint } of ways) {
    if (probe !== undefined && plugin.capabilities.resident !== true) {
      throw new MeshwrightError('UNSUPPORTED', `${plugin.title} cannot send from a pod.`, {
        remedy: 'Write `generator: fortio` in the profile, or leave out its probes.',
      });
    }
    refuseUnable(plugin, { ...load, endpoint, seed: 1 });
  }
}
