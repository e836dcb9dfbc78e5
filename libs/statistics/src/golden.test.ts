import { describe, expect, it } from 'vitest';
import recorded from './__fixtures__/golden.json' with { type: 'json' };
import { betaAtMost, clopperPearson } from './binomial.ts';
import { varghaDelaney } from './effect.ts';
import { errorBurst, type ErrorCount } from './error-burst.ts';
import { holm } from './holm.ts';
import { normalQuantile } from './normal.ts';
import { standardDeviation } from './quantile.ts';
import { signFlip } from './sign-flip.ts';
import { signedRank } from './signed-rank.ts';

interface Golden {
  signedRank: {
    differences: number[];
    estimate: number;
    pValue: number;
    interval: Record<string, [number, number] | null>;
    sd: number;
    permutation: number | null;
  }[];
  effect: { a: number[]; b: number[]; a12: number }[];
  share: { hits: number; tries: number; confidence: number; low: number; high: number }[];
  beta: { x: number; a: number; b: number; atMost: number }[];
  evidence: { before: ErrorCount; during: ErrorCount; margin: number; accepted: number; evidence: number }[];
  normal: [number, number][];
  holm: { p: number[]; adjusted: number[] }[];
}

const golden = recorded as unknown as Golden;

describe('against SciPy', () => {
  it.each(golden.signedRank)(
    'finds the signed ranks of $differences.length differences',
    ({ differences, ...expected }) => {
      const ranks = signedRank(differences);
      expect(ranks.estimate).toBeCloseTo(expected.estimate, 12);
      expect(ranks.pValue).toBeCloseTo(expected.pValue, 12);
      expect(standardDeviation(differences)).toBeCloseTo(expected.sd, 12);
      for (const [confidence, ends] of Object.entries(expected.interval)) {
        const interval = ranks.interval(Number(confidence));
        expect(interval === undefined).toBe(ends === null);
        if (ends === null) continue;
        expect(interval?.low).toBeCloseTo(ends[0], 12);
        expect(interval?.high).toBeCloseTo(ends[1], 12);
      }
    },
  );

  it.each(golden.signedRank.filter(({ permutation }) => permutation !== null))(
    'flips the signs of $differences.length differences',
    ({ differences, permutation }) => {
      expect(signFlip(differences)).toBeCloseTo(permutation!, 12);
    },
  );

  it.each(golden.effect)('finds the effect of $a.length trials', ({ a, b, a12 }) => {
    expect(varghaDelaney(a, b)).toBeCloseTo(a12, 12);
  });

  it.each(golden.share)('bounds a share of $hits in $tries', ({ hits, tries, confidence, low, high }) => {
    const found = clopperPearson(hits, tries, confidence);
    expect(found.low).toBeCloseTo(low, 10);
    expect(found.high).toBeCloseTo(high, 10);
  });

  it.each(golden.beta)('finds I($x; $a, $b)', ({ x, a, b, atMost }) => {
    expect(betaAtMost(x, a, b) / atMost).toBeCloseTo(1, 9);
  });

  it.each(golden.evidence)('weighs $during.errors errors of $during.requests', (given) => {
    const { accepted, evidence } = errorBurst(given.before, given.during, { margin: given.margin });
    expect(accepted).toBeCloseTo(given.accepted, 10);
    expect(evidence / given.evidence).toBeCloseTo(1, 4);
  });

  it.each(golden.normal)('finds the normal quantile of %d', (probability, quantile) => {
    expect(normalQuantile(probability)).toBeCloseTo(quantile, 7);
  });

  it.each(golden.holm)('adjusts $p', ({ p, adjusted }) => {
    const found = holm(p);
    for (const [place, value] of adjusted.entries()) expect(found[place]).toBeCloseTo(value, 12);
  });
});
