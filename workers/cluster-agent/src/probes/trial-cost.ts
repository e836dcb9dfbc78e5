import { setTimeout as sleep } from 'node:timers/promises';
import { type NodeUsage, type Span, type UsageSample, usageRate } from '@meshwright/cluster';
import { messageOf, type TrialCost, type TrialRecord, type Usage } from '@meshwright/model';
import type { CostPart, CostParts } from './cost-parts.ts';

/** Of more nodes than these nobody asks in the middle of a measurement. */
const mostNodes = 10;
/** Kubelets renew their figures every 10 s at most, and those that ask their containers at once are not to be kept busy. */
const usualPauseMs = 5_000;
const leastPauseMs = 500;
/** The last look must not hold up a trial that is over. */
const lastLookMs = 3_000;

/** The figures of one trial's nodes as they are read. */
export interface UsageSource {
  parts(): Promise<CostParts>;
  /** @throws MeshwrightError when the kubelet does not tell. */
  read(node: string, signal: AbortSignal): Promise<NodeUsage>;
}

/** When the load of a trial goes on, in seconds. */
interface Load {
  warmUpSeconds: number;
  seconds: number;
}

/**
 * Runs a trial and looks meanwhile, again and again, what the parts of the mesh have used. The figures are those of the
 * generator's own time, from samples within the measured load (or, where these are too few, within it and the warm-up,
 * which goes at the same rate): nothing waits for a kubelet, so no trial takes longer. A kubelet that answers from a cache
 * of 10 to 20 s (google/cadvisor, manager/container.go, `nextHousekeepingInterval`) has two such samples in two trials of
 * three of 25 s, and in nearly all of 40 s. It is assumed that the clocks of
 * the nodes agree, as those of a cluster do, within a few per cent of a trial.
 *
 * Where something cannot be known the trial says why, and is none the worse for it.
 */
export async function withCost(
  source: UsageSource,
  load: Load,
  run: () => Promise<TrialRecord>,
  pauseMs: number = Math.max(leastPauseMs, Math.min(usualPauseMs, load.seconds * 250)),
): Promise<TrialRecord> {
  const watch = watchUsage(source, pauseMs);
  try {
    const trial = await run();
    return { ...trial, ...costOf(trial, load, await watch.end()) };
  } finally {
    watch.stop();
  }
}

/** All that was seen. */
export interface SeenUsage {
  parts?: CostParts;
  /** By node and container, in the order of the looks; those of the node itself have the key `node`. */
  samples: ReadonlyMap<string, UsageSample[]>;
  problems: string[];
}

function watchUsage(source: UsageSource, pauseMs: number) {
  const stop = new AbortController();
  const problems = new Set<string>();
  const samples = new Map<string, UsageSample[]>();
  const seen: SeenUsage = { samples, problems: [] };
  const look = async (signal: AbortSignal): Promise<void> => {
    await Promise.all(
      nodesOf(seen.parts).map(async (node) => {
        try {
          keep(samples, node, await source.read(node, signal));
        } catch (error) {
          if (!signal.aborted) problems.add(messageOf(error));
        }
      }),
    );
  };
  const looking = (async () => {
    try {
      seen.parts = await source.parts();
      const nodes = nodesOf(seen.parts).length;
      if (nodes > mostNodes) {
        problems.add(`${nodes} nodes have a part in it; no more than ${mostNodes} are asked.`);
        delete seen.parts;
      }
      while (!stop.signal.aborted) {
        await look(stop.signal);
        // A kubelet that may not be asked stays so for this trial.
        if (samples.size === 0) return;
        await sleep(pauseMs, undefined, { signal: stop.signal }).catch(() => undefined);
      }
    } catch (error) {
      if (!stop.signal.aborted) problems.add(messageOf(error));
    }
  })();
  return {
    stop: () => {
      stop.abort();
    },
    async end(): Promise<SeenUsage> {
      stop.abort();
      await looking;
      if (samples.size > 0) await look(AbortSignal.timeout(lastLookMs));
      return { ...seen, problems: [...problems] };
    },
  };
}

function nodesOf(parts: CostParts | undefined): string[] {
  if (parts === undefined) return [];
  const own = [...parts.proxies, ...parts.controlPlane].map(({ node }) => node);
  return [...new Set([...parts.nodes, ...own])];
}

function keep(
  samples: Map<string, UsageSample[]>,
  node: string,
  { containers, node: whole }: NodeUsage,
): void {
  const entries: [string, UsageSample][] = [...containers];
  if (whole !== undefined) entries.push(['node', whole]);
  for (const [key, sample] of entries) {
    const own = samples.get(`${node} ${key}`) ?? [];
    if (own.at(-1)?.at !== sample.at) own.push(sample);
    samples.set(`${node} ${key}`, own);
  }
}

/** What a trial's parts used; pure. */
export function costOf(
  { startedAt, achievedRate, measured }: Pick<TrialRecord, 'startedAt' | 'achievedRate' | 'measured'>,
  { warmUpSeconds, seconds }: Load,
  { parts, samples, problems }: SeenUsage,
): Pick<TrialRecord, 'measured' | 'cost' | 'noCost'> {
  const to = startedAt + seconds * 1_000;
  const spans = [startedAt, startedAt - warmUpSeconds * 1_000].map((from) => ({ from, to }));
  const missing = new Set<string>();
  const usage = (of: readonly CostPart[]) => {
    const used = usageOf(of, samples, spans);
    if (typeof used !== 'string') return used;
    missing.add(used);
    return undefined;
  };
  const nodes = (parts?.nodes ?? []).map((node) => ({ node, key: 'node' }));
  const [proxies, controlPlane, machines] = [
    usage(parts?.proxies ?? []),
    usage(parts?.controlPlane ?? []),
    usage(nodes),
  ];
  const cost: TrialCost = {
    ...(proxies === undefined ? {} : { proxies }),
    ...(controlPlane === undefined ? {} : { controlPlane }),
    ...(machines === undefined ? {} : { nodes: machines }),
  };
  const reasons = problems.length > 0 && (parts === undefined || missing.size > 0) ? problems : [...missing];
  const noCost = reasons.slice(0, 3).join(' ');
  const isKnown = proxies !== undefined && achievedRate > 0;
  return {
    // Milliseconds in a second, over requests in a second.
    measured: isKnown ? { ...measured, cpu: (proxies.millicores / achievedRate) * 1_000 } : measured,
    ...(Object.keys(cost).length === 0 ? {} : { cost }),
    ...(noCost === '' ? {} : { noCost }),
  };
}

/** The parts together; undefined where there are none, and which one is not known where one is not. */
function usageOf(
  parts: readonly CostPart[],
  samples: SeenUsage['samples'],
  spans: readonly Span[],
): Usage | string | undefined {
  const sum: Usage = { parts: parts.length, millicores: 0, memory: 0 };
  for (const { node, key } of parts) {
    const own = samples.get(`${node} ${key}`) ?? [];
    const rate = spans.map((span) => usageRate(own, span)).find((found) => found !== undefined);
    if (rate === undefined) {
      const what = key === 'node' ? 'itself' : key;
      return `The kubelet of ${node} gave no two figures of ${what} during the load.`;
    }
    sum.millicores += rate.millicores;
    sum.memory += rate.memory;
  }
  return parts.length === 0 ? undefined : sum;
}
