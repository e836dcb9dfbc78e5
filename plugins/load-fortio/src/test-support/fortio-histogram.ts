/** The bounds of Fortio's buckets (fortio.org/fortio, stats.histogramBucketValues), in resolutions, up to a thousand. */
const bounds = [
  ...[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 16, 18, 20, 25, 30, 35, 40, 45, 50, 60, 70, 80, 90, 100],
  ...[120, 140, 160, 180, 200, 250, 300, 350, 400, 450, 500, 600, 700, 800, 900, 1_000, 2_000],
];

/** What Fortio writes of requests that took so many seconds each. */
export function fortioJson(latencies: readonly number[], resolution: number): string {
  const counts = new Map<number, number>();
  for (const latency of latencies) {
    const place = bounds.findIndex((bound) => latency / resolution <= bound);
    counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  const [least, most] = [Math.min(...latencies), Math.max(...latencies)];
  const filled = [...counts].sort(([left], [right]) => left - right);
  const data = filled.map(([place, count], index) => ({
    // As Fortio has it: the first begins at the least, the last ends at the most.
    Start: index === 0 ? least : (bounds[place - 1] ?? 0) * resolution,
    End: index === filled.length - 1 ? most : (bounds[place] ?? 0) * resolution,
    Count: count,
  }));
  return JSON.stringify({
    StartTime: '2026-11-01T10:00:00Z',
    RequestedQPS: String(latencies.length / 5),
    RequestedDuration: '5s',
    ActualDuration: 5e9,
    Version: '1.68.0',
    DurationHistogram: { Count: latencies.length, Data: data },
    RetCodes: { '200': latencies.length },
  });
}
