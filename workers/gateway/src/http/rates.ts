/** How much may come: `burst` at once, and `perSecond` in the long run. */
export interface Rate {
  perSecond: number;
  burst: number;
}

/** Buckets of tokens, one for each key, of which the ones that were used longest ago are forgotten. */
export interface Rates {
  /** Takes one token; gives the seconds to wait where there is none. */
  take(key: string): number | undefined;
  /** How many keys are remembered. */
  readonly size: number;
}

interface Bucket {
  tokens: number;
  at: number;
}

/** At most so many keys are remembered; one that is forgotten has a full bucket when it comes again. */
const mostKeys = 10_000;

/** `now` is in milliseconds of any clock that does not go back. */
export function createRates({ perSecond, burst }: Rate, now: () => number = () => performance.now()): Rates {
  const buckets = new Map<string, Bucket>();
  return {
    take(key) {
      const at = now();
      const known = buckets.get(key) ?? { tokens: burst, at };
      const tokens = Math.min(burst, known.tokens + ((at - known.at) / 1_000) * perSecond);
      // The last used is the last in the order of the map.
      buckets.delete(key);
      buckets.set(key, { tokens: tokens >= 1 ? tokens - 1 : tokens, at });
      if (buckets.size > mostKeys) forgetOldest(buckets);
      return tokens >= 1 ? undefined : Math.max(1, Math.ceil((1 - tokens) / perSecond));
    },
    get size() {
      return buckets.size;
    },
  };
}

function forgetOldest(buckets: Map<string, Bucket>): void {
  const [oldest] = buckets.keys();
  if (oldest !== undefined) buckets.delete(oldest);
}
