const leastShareOfRate = 0.99;
const mostLag = { microseconds: 1_000, shareOfMedian: 0.1 };
const mostUse = 0.7;

/** What a trial is looked at for before it may be judged. Times in microseconds. */
export interface Conduct {
  /** Requests that were laid down to be sent, and those that a connection was free for in time. */
  scheduled: number;
  sent: number;
  lagP99: number;
  medianLatency: number;
  /** The share of the time in which the generator's thread was busy. */
  used: number;
}

/** Why the trial says something of the generator rather than of the server; empty where it does not. */
export function problemsOf({ scheduled, sent, lagP99, medianLatency, used }: Conduct): string[] {
  const problems: string[] = [];
  if (scheduled === 0) problems.push('No request was due: the rate is too low for so short a time.');
  else if (sent < leastShareOfRate * scheduled) {
    const share = ((sent / scheduled) * 100).toFixed(1);
    problems.push(`Only ${share} % of the requested rate was sent: no connection was free.`);
  }
  const lagLimit = Math.max(mostLag.microseconds, mostLag.shareOfMedian * medianLatency);
  if (lagP99 > lagLimit) {
    const [lag, limit] = [lagP99, lagLimit].map((value) => (value / 1_000).toFixed(1));
    problems.push(
      `The generator lagged: one request in a hundred was ${lag} ms late or more, ${limit} ms are accepted.`,
    );
  }
  if (used > mostUse) {
    problems.push(`The generator was busy for ${(used * 100).toFixed(0)} % of the time: it measured itself.`);
  }
  return problems;
}
