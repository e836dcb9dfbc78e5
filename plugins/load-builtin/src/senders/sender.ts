/** What became of a request. */
export interface Outcome {
  /** When it was handed to a free connection, on the clock that all threads share. */
  sentAt: number;
  /** What went wrong; absent for a good answer. */
  error?: string;
  /** True where the connection broke before an answer: how long that took says nothing of the server. */
  lost?: boolean;
  /** Of the body that was received. */
  bytes: number;
}

/** Connections to one endpoint. */
export interface Sender {
  /** Opens the connections, with a request each, so that no measured request pays for that. */
  open(): Promise<Outcome[]>;
  /** Sends one request as soon as a connection is free; never rejects. */
  send(): Promise<Outcome>;
  close(): void;
}

/** An answer with a status below 400 is a good one. */
export function errorOfStatus(status: number | undefined): { error?: string } {
  return status !== undefined && status < 400 ? {} : { error: `status ${status ?? 'missing'}` };
}

/** The connection could not be made, or broke. */
export function lost(sentAt: number): Outcome {
  return { sentAt, error: 'connection', lost: true, bytes: 0 };
}

/** Nothing came in time; the time that was waited counts as latency. */
export function timedOut(sentAt: number): Outcome {
  return { sentAt, error: 'timeout', bytes: 0 };
}
