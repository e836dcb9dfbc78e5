import type { LoadProtocol } from '@meshwright/model';

/** What a server does with the requests it gets. */
export interface Behaviour {
  protocol: LoadProtocol;
  /** How long it takes for each answer. */
  delayMilliseconds?: number;
  /** It answers nobody from so long after the first request, for so long; then everybody at once. */
  stall?: { afterMilliseconds: number; milliseconds: number };
  /** Every so many answers are errors: a status, or over TCP a connection that is closed. */
  failEvery?: number;
  /** It never answers. */
  hangs?: boolean;
}

/** What both sides say to each other. */
export type ServerMessage = { port: number } | { requests: number };
