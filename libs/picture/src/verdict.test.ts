import type { Judgement } from '@meshwright/model';
import type { JudgedChange } from '@meshwright/report';
import { describe, expect, it } from 'vitest';
import { verdictPicture } from './verdict.ts';

const judgement: Judgement = {
  id: 'j',
  verdict: 'regressed',
  reason: 'p99 is worse.',
  metrics: [
    { name: 'p99', verdict: 'regressed', reason: 'worse', blocks: 10, ratio: 1.24, interval: [1.18, 1.31] },
  ],
};

function change(title: string): JudgedChange {
  return {
    title,
    metrics: [{ name: 'p99', unit: 'ms' }],
    gate: {
      contrast: 'D3',
      verdict: 'regressed',
      comparisons: [{ endpoint: 'web', trials: { a: 10, b: 10 }, judgement }],
    },
  };
}

describe('the picture of a verdict as PNG', () => {
  it('is a PNG of twice its size, with a text for those who do not see it', async () => {
    const picture = await verdictPicture(change('checkout-mesh on production-eu'));
    const image = Buffer.from(picture?.image ?? []);
    expect(image.subarray(1, 4).toString()).toBe('PNG');
    // IHDR: width and height are the first of its fields.
    expect(image.readUInt32BE(16)).toBe(1_344);
    expect(picture?.description.replaceAll('\u00a0', ' ')).toBe(
      'Regressed. web: p99 +24 % (+18 to +31 %), limit 10 %.',
    );
  });

  it('draws its texts, whatever fonts the machine has', async () => {
    const [one, other] = [await verdictPicture(change('eu')), await verdictPicture(change('us'))];
    expect(Buffer.from(one?.image ?? []).equals(Buffer.from(other?.image ?? []))).toBe(false);
  });

  it('is none where nothing was judged', async () => {
    expect(
      await verdictPicture({ ...change('x'), gate: { contrast: 'D3', comparisons: [] } }),
    ).toBeUndefined();
  });
});
