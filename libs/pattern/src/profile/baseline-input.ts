import {
  type Arm,
  type BaselineInput,
  Contrast,
  type LoadEndpoint,
  type LoadPath,
  MeshwrightError,
  type MetricName,
  type PerformanceProfile,
  type Probe,
  type ProfileContrast,
  type ProfileEndpoint,
} from '@meshwright/model';
import { addressProblem } from './address.ts';
import { judgedLimits } from './metric-limits.ts';

/** What a comparison of two addresses needs besides its profile. */
export interface BaselineOptions {
  /** The load agent that sends, where no probe does. */
  agent: string;
  /** The pod that sends instead. */
  probe?: Probe;
  /** The two sides, each an address of the endpoint's protocol. */
  addresses: Readonly<Record<Arm, string>>;
  /** The endpoint whose requests are sent; the only one when not given. */
  endpoint?: string;
  seed: number;
  /** What is compared, for people; the profile's name when not given. */
  name?: string;
  /** Stands before the profile's contrast. */
  contrast?: Contrast;
}

/** A baseline's input, and what the profile asks for that it does not measure. */
export interface ProfileBaseline {
  input: BaselineInput;
  /** Metrics with a limit that no trial of load tells; their limits are not judged. */
  unmeasured: MetricName[];
}

/**
 * What compares two addresses as a profile says.
 * @throws MeshwrightError INVALID_INPUT for an endpoint that the profile does not have, an address that is none of its
 *   protocol, a contrast that two addresses cannot give, and a profile without a limit that can be judged.
 */
export function baselineInputOf(profile: PerformanceProfile, options: BaselineOptions): ProfileBaseline {
  const { generator, load, limits, looks } = profile.spec;
  const { agent, probe, addresses, seed, name = profile.metadata.name } = options;
  const request = requestOf(profile, options.endpoint);
  const { unmeasured, metrics, ...errors } = judgedLimits(limits, { fromPods: probe !== undefined });
  if (metrics.length === 0) {
    throw new MeshwrightError('INVALID_INPUT', `The profile ${profile.metadata.name} limits no latency.`, {
      remedy: 'Write a limit for p50, p90, p99 or p99.9; a comparison of two addresses measures these.',
    });
  }
  const path = (side: Arm): LoadPath => ({
    ...(probe === undefined ? {} : { probe }),
    endpoint: { ...request, address: addressOf(request, side, addresses[side]) },
  });
  const input: BaselineInput = {
    name,
    agent,
    generator,
    contrast: contrastOf(options.contrast ?? profile.spec.contrast),
    paths: { a: path('a'), b: path('b') },
    load,
    metrics,
    ...errors,
    looks,
    seed,
  };
  return { input, unmeasured };
}

function requestOf(profile: PerformanceProfile, wanted: string | undefined): LoadEndpoint {
  return loadEndpointOf(endpointOf(profile, wanted));
}

/** An endpoint as a generator takes it: without its name. */
export function loadEndpointOf({
  protocol,
  address,
  method,
  headers,
  body,
  service,
}: ProfileEndpoint): LoadEndpoint {
  return {
    protocol,
    address,
    ...(method === undefined ? {} : { method }),
    ...(headers === undefined ? {} : { headers }),
    ...(body === undefined ? {} : { body }),
    ...(service === undefined ? {} : { service }),
  };
}

function endpointOf({ metadata, spec }: PerformanceProfile, wanted: string | undefined): ProfileEndpoint {
  const [first, second] = spec.endpoints;
  const found = wanted === undefined ? first : spec.endpoints.find(({ name }) => name === wanted);
  if (found !== undefined && (wanted !== undefined || second === undefined)) return found;
  const message =
    wanted === undefined
      ? `The profile ${metadata.name} has several endpoints, and none is named.`
      : `The profile ${metadata.name} has no endpoint ${wanted}.`;
  const remedy = `Name one of ${spec.endpoints.map(({ name }) => name).join(', ')}.`;
  throw new MeshwrightError('INVALID_INPUT', message, { remedy });
}

function addressOf({ protocol }: LoadEndpoint, arm: Arm, address: string): string {
  const problem = addressProblem(protocol, address);
  if (problem === undefined) return address;
  const message = `The address of arm ${arm.toUpperCase()} ${problem.message}.`;
  throw new MeshwrightError('INVALID_INPUT', message, { remedy: problem.suggestion });
}

/** Two addresses that answer at once are D1; nothing is switched, and nothing comes before or after. */
function contrastOf(contrast: ProfileContrast): Contrast {
  if (contrast === 'auto') return Contrast.concurrent;
  if (contrast === Contrast.concurrent || contrast === Contrast.advisory) return contrast;
  const message = `The contrast ${contrast} cannot be had from two addresses that answer at once.`;
  throw new MeshwrightError('INVALID_INPUT', message, {
    remedy: 'Ask for D1, or for advisory where both do not share the machine.',
  });
}
