import type { LoadEndpoint, LoadRequest } from './load.ts';
import type { patternApiVersion } from './pattern.ts';
import type { Contrast, Limit } from './performance.ts';

/** The metrics that limits are written for; more of each is worse. */
export const MetricName = {
  p50: 'p50',
  p90: 'p90',
  p99: 'p99',
  p999: 'p99.9',
  /** Processor time of the proxies for a thousand requests, in milliseconds. */
  cpu: 'cpu',
  /** The share of requests without a good answer. */
  errorRate: 'errorRate',
} as const;
/** A metric that limits are written for. */
export type MetricName = (typeof MetricName)[keyof typeof MetricName];

/** Requests that a trial needs for a percentile, so that thirty lie beyond it. */
export const leastRequests: Readonly<Partial<Record<MetricName, number>>> = {
  p50: 60,
  p90: 300,
  p99: 3_000,
  'p99.9': 30_000,
};

/** How much worse each metric may be: times in milliseconds, `errorRate` as a share. What is left out is as usual. */
export type MetricLimits = Partial<Record<MetricName, Partial<Limit>>>;

/** The contrast that is asked for; `auto` is the strongest that the change allows. */
export type ProfileContrast = Contrast | 'auto';

/** Headers, in lower case, whose value is a credential: a profile, which lies in Git, has none of them. */
export const credentialHeaders: readonly string[] = ['authorization', 'proxy-authorization'];

/** What a profile has where it says nothing. */
export const usualProfile = {
  generator: 'builtin',
  contrast: 'auto',
  load: { connections: 8, arrivals: 'uniform', warmUpSeconds: 5, seconds: 20, timeoutSeconds: 5 },
} as const;

/** How a workload is measured: which load, how it is compared, and what counts as worse. */
export interface PerformanceProfile {
  apiVersion: typeof patternApiVersion;
  kind: 'PerformanceProfile';
  metadata: { name: string; labels?: Record<string, string> | undefined };
  spec: PerformanceProfileSpec;
}

export interface PerformanceProfileSpec {
  /** The id of a load generator. */
  generator: string;
  /** What is measured, one after the other. */
  endpoints: ProfileEndpoint[];
  load: ProfileLoad;
  contrast: ProfileContrast;
  probes?: ProfileProbes | undefined;
  /** The numbers of valid blocks at which it is judged, rising. */
  looks: number[];
  /** The metrics that are judged, with their limits. */
  limits: MetricLimits;
}

/** An endpoint with a name of its own in the profile. */
export interface ProfileEndpoint extends LoadEndpoint {
  name: string;
}

/** The load of one trial. */
export type ProfileLoad = Omit<LoadRequest, 'endpoint' | 'seed'>;

/** The probes that load is sent between: those that are named, or such as are created for the measurement. */
export interface ProfileProbes {
  create: boolean;
  use?: { client: ProbeReference; server: ProbeReference; control?: ProbeReference };
}

/** A workload of the target that serves as a probe. */
export interface ProbeReference {
  namespace: string;
  name: string;
}

/** What becomes of a change that made a workload worse. */
export const OnRegression = { rollback: 'rollback', hold: 'hold', report: 'report' } as const;
/** What becomes of a change that made a workload worse. */
export type OnRegression = (typeof OnRegression)[keyof typeof OnRegression];

/** What becomes of such a change, as people are told: `a regression is taken back`. */
export const regressionOutcome: Readonly<Record<OnRegression, string>> = {
  rollback: 'taken back',
  hold: 'held for a person',
  report: 'reported and kept',
};

/** What becomes of a change that could not be judged: a person decides, or it is kept and reported. */
export const OnInconclusive = { hold: 'hold', report: 'report' } as const;
/** What becomes of a change that could not be judged. */
export type OnInconclusive = (typeof OnInconclusive)[keyof typeof OnInconclusive];

/** What a pattern asks of the performance of its workloads. */
export interface PerformanceGate {
  /** The file of the profile, relative to the repository's root. */
  profile: string;
  /** Limits that stand before those of the profile. */
  gate: MetricLimits;
  onRegression: OnRegression;
  onInconclusive: OnInconclusive;
}
