/** A protobuf timestamp as Temporal's API gives it: seconds may be a 64-bit number object. */
interface Timestamp {
  seconds?: { toNumber(): number } | null;
  nanos?: number | null;
}

/** Milliseconds since 1970; undefined where the server gave none. */
export function momentOf(timestamp: Timestamp | null | undefined): number | undefined {
  if (timestamp?.seconds === undefined || timestamp.seconds === null) return undefined;
  return timestamp.seconds.toNumber() * 1000 + Math.floor((timestamp.nanos ?? 0) / 1e6);
}
