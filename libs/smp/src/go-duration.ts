const secondsOf: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  μs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3_600,
};

const whole = /^(?:\d{1,9}(?:\.\d{1,9})?(?:ns|us|µs|μs|ms|s|m|h)){1,8}$/;
const part = /(\d+(?:\.\d+)?)(ns|us|µs|μs|ms|s|m|h)/g;

/** The seconds of a duration as Go writes it (pkg.go.dev/time#ParseDuration): `30s`, `1h15m0.5s`; undefined for others. */
export function parseGoDuration(given: string): number | undefined {
  if (!whole.test(given)) return undefined;
  let seconds = 0;
  for (const [, count, unit = ''] of given.matchAll(part)) {
    seconds += Number(count) * (secondsOf[unit] ?? 0);
  }
  return Number(seconds.toPrecision(12));
}
