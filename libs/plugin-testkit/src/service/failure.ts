import { strict as assert } from 'node:assert';
import { type ErrorCode, isMeshwrightError, type MeshwrightError } from '@meshwright/model';

/** What a failed call has thrown: a MeshwrightError of one of these codes, in which no secret is. */
export async function failure(
  { subject }: { subject: { secrets: readonly string[] } },
  work: () => Promise<unknown>,
  ...codes: ErrorCode[]
): Promise<MeshwrightError> {
  const thrown = await work().then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(isMeshwrightError(thrown), `it failed with ${String(thrown)}, which is no MeshwrightError`);
  assert.ok(codes.includes(thrown.code), `it failed with ${thrown.code}: ${thrown.message}`);
  const said = `${thrown.message}\n${JSON.stringify(thrown.details)}\n${thrown.stack ?? ''}`;
  assert.ok(said.length < 5_000, 'its error is endless');
  assert.ok(!/[\u0000-\u0009\u202a-\u202e]/.test(said), 'its error has characters that act');
  for (const secret of subject.secrets)
    assert.ok(!said.includes(secret), `its error tells a secret: ${said}`);
  return thrown;
}
