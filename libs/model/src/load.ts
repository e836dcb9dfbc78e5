import type { Histogram } from './performance.ts';

/** What a load generator can speak. `http1` and `http2` follow the scheme of the address; `tcp` echoes bytes. */
export const LoadProtocol = { http1: 'http1', http2: 'http2', grpc: 'grpc', tcp: 'tcp' } as const;
/** What a load generator can speak. */
export type LoadProtocol = (typeof LoadProtocol)[keyof typeof LoadProtocol];

/** How requests are spread over time: at equal distances, or with distances drawn as independent callers would have. */
export const Arrivals = { uniform: 'uniform', poisson: 'poisson' } as const;
/** How requests are spread over time. */
export type Arrivals = (typeof Arrivals)[keyof typeof Arrivals];

/** Where load goes, and what each request carries. */
export interface LoadEndpoint {
  protocol: LoadProtocol;
  /** `http://…` or `https://…`; for TCP and gRPC `host:port`. */
  address: string;
  /** Of HTTP; GET where it is left out. */
  method?: string;
  headers?: Readonly<Record<string, string>>;
  /** Of HTTP and TCP, as text in UTF-8. */
  body?: string;
  /** Of gRPC: the service that `grpc.health.v1.Health/Check` is asked about. */
  service?: string;
}

/** One trial as a generator is asked for it. */
export interface LoadRequest {
  endpoint: LoadEndpoint;
  /** Requests a second over all connections. */
  rate: number;
  connections: number;
  /** Load that is sent first and not measured. */
  warmUpSeconds: number;
  /** Load that is measured. */
  seconds: number;
  arrivals: Arrivals;
  /** A request without an answer for so long is an error. */
  timeoutSeconds: number;
  /** For drawn distances: the same seed draws the same. */
  seed: number;
}

/** Where the clock of a request starts. */
export const LatencyClock = {
  /** When it should have been sent: a server that stalls shows in every request that waited for it. */
  intended: 'intended',
  /** When it was sent: what waited behind a stalled server is not seen (coordinated omission). */
  sent: 'sent',
} as const;
/** Where the clock of a request starts. */
export type LatencyClock = (typeof LatencyClock)[keyof typeof LatencyClock];

/** What one trial measured. Histograms are in microseconds. */
export interface LoadResult {
  generator: { id: string; version: string };
  /** Milliseconds since 1970. */
  startedAt: number;
  /** How long was measured. */
  seconds: number;
  requestedRate: number;
  /** Requests sent a second while it was measured. */
  achievedRate: number;
  requests: number;
  /** Requests without a good answer, by what they came to: `status 503`, `timeout`, `connection`. */
  errors: Readonly<Record<string, number>>;
  clock: LatencyClock;
  /** From the moment that the clock names; good answers and bad ones, no timeouts. */
  latency: Histogram;
  /** From the actual send, where the clock starts earlier. */
  service?: Histogram;
  /** From the intended to the actual send, where it is known. */
  sendLag?: Histogram;
  /** Bytes of bodies received, where they are known. */
  bytesReceived?: number;
  /** Why this trial must not be judged; empty for a valid one. */
  invalid: readonly string[];
}
