import { InvalidArgumentError } from '@commander-js/extra-typings';
import {
  type Arrivals,
  type BaselineInput,
  Contrast,
  leastRequests,
  type LoadPath,
  type LoadProtocol,
  type Metric,
  MeshwrightError,
  type Probe,
  usualLooks,
} from '@meshwright/model';
import { usualMetrics } from './limits.ts';

/** What the options of the command line say, where no profile does. */
export interface ByHand {
  name: string;
  addresses: { a: string; b: string };
  protocol: LoadProtocol;
  rate: number;
  connections: number;
  seconds: number;
  warmUp: number;
  requestTimeout: number;
  arrivals: Arrivals;
  limit?: Metric[] | undefined;
  generator: string;
  agent: string;
  probe?: Probe | undefined;
  seed: number;
}

/**
 * The comparison that the options ask for.
 * @throws MeshwrightError INVALID_INPUT when a trial has too few requests for a percentile.
 */
export function inputByHand({
  addresses,
  protocol,
  probe,
  limit = [...usualMetrics],
  ...options
}: ByHand): BaselineInput {
  const { name, agent, generator, rate, connections, seconds, warmUp, requestTimeout, arrivals, seed } =
    options;
  refuseTooFew(limit, rate * seconds);
  const path = (address: string): LoadPath => ({
    ...(probe === undefined ? {} : { probe }),
    endpoint: { protocol, address },
  });
  return {
    name,
    agent,
    generator,
    contrast: Contrast.concurrent,
    paths: { a: path(addresses.a), b: path(addresses.b) },
    load: { rate, connections, warmUpSeconds: warmUp, seconds, arrivals, timeoutSeconds: requestTimeout },
    metrics: limit,
    looks: usualLooks,
    seed,
  };
}

function refuseTooFew(metrics: readonly Metric[], requests: number): void {
  const needs: Readonly<Record<string, number>> = leastRequests;
  const short = metrics.find(({ name }) => requests < (needs[name] ?? 0));
  if (short === undefined) return;
  throw new MeshwrightError(
    'INVALID_INPUT',
    `A ${short.name} needs ${needs[short.name] ?? 0} requests in a trial; these are ${requests}.`,
    { remedy: 'Raise --rate or --seconds, or judge the body alone: --limit p50=5%.' },
  );
}

/** A whole number from 1 to a million. */
export function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > 1_000_000) {
    throw new InvalidArgumentError('It is a whole number from 1 to 1000000.');
  }
  return count;
}
