/** Milliseconds of a clock that all threads share and nobody sets. */
export function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
