import { MeshwrightError } from '@meshwright/model';
import type { BaselineSummary, ResultsStore } from '@meshwright/results';

/** So many are named where a reference fits several. */
const mostNamed = 5;

/**
 * The baseline of an id, or of the beginning of one where no other begins so.
 * @throws MeshwrightError INVALID_INPUT
 */
export async function findBaseline(store: ResultsStore, reference: string): Promise<BaselineSummary> {
  const [exact] = (await store.list({ id: reference })).baselines;
  if (exact !== undefined) return exact;
  const { baselines } = await store.list({ idPrefix: reference, limit: mostNamed });
  const [first, second] = baselines;
  if (first === undefined) {
    throw new MeshwrightError(
      'INVALID_INPUT',
      `There is no baseline ${JSON.stringify(reference)} in ${store.where}.`,
      {
        remedy: 'Run `meshwright baselines` for those there are.',
      },
    );
  }
  if (second !== undefined) {
    throw new MeshwrightError('INVALID_INPUT', `Several baselines begin with ${JSON.stringify(reference)}.`, {
      lines: baselines.map(({ id, name }) => `${id}  ${name}`),
      remedy: 'Write more of the id.',
    });
  }
  return first;
}
