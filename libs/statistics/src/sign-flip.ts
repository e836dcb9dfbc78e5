import { seededRandom } from './random.ts';

/** Up to here all choices of signs are looked at: 65,536 of them. */
const exactUpTo = 16;
const draws = 9_999;

/**
 * How probable a mean of differences at least as large is where each could as well have the other sign, which is so when
 * the order of the arms in each block was drawn. Exact for up to 16 differences, else from 9,999 draws of the seed (with the
 * observed one among them: Phipson and Smyth 2010, doi:10.2202/1544-6115.1585).
 */
export function signFlip(differences: readonly number[], seed = 1): number {
  const observed = differences.reduce((sum, difference) => sum + difference, 0);
  // Sums in another order differ in their last digits.
  const least = observed - 1e-9 * Math.max(1, Math.abs(observed));
  return differences.length <= exactUpTo ? ofAll(differences, least) : ofDrawn(differences, least, seed);
}

function ofAll(differences: readonly number[], least: number): number {
  const sums = new Float64Array(2 ** differences.length);
  let known = 1;
  for (const difference of differences) {
    for (let place = 0; place < known; place += 1) {
      const sum = sums[place] ?? 0;
      sums[place] = sum + difference;
      sums[known + place] = sum - difference;
    }
    known *= 2;
  }
  return sums.reduce((count, sum) => (sum >= least ? count + 1 : count), 0) / known;
}

function ofDrawn(differences: readonly number[], least: number, seed: number): number {
  const random = seededRandom(seed);
  let asLarge = 1;
  for (let draw = 0; draw < draws; draw += 1) {
    let sum = 0;
    for (const difference of differences) sum += random.next() < 0.5 ? difference : -difference;
    if (sum >= least) asLarge += 1;
  }
  return asLarge / (draws + 1);
}
