/** What stands for the values beyond the bound. */
export const otherValue = 'other';

/**
 * Keeps the number of different values of a label bounded: names come from repositories, and each one is a time series
 * for ever. The first so many are kept as they are, all others become `other`; long ones are shortened.
 */
export class BoundedValues {
  readonly #known = new Set<string>();
  readonly #most: number;
  readonly #longest: number;

  constructor({ most, longest = 128 }: { most: number; longest?: number }) {
    this.#most = most;
    this.#longest = longest;
  }

  of(value: string): string {
    const kept = value.slice(0, this.#longest).toWellFormed();
    if (this.#known.has(kept)) return kept;
    if (this.#known.size >= this.#most) return otherValue;
    this.#known.add(kept);
    return kept;
  }
}
