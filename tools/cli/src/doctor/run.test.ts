import { MeshwrightError } from '@meshwright/model';
import { expect, it } from 'vitest';
import { runChecks } from './run.ts';

const never = new AbortController().signal;

it('keeps what each check found, was missing, or had nothing to look at, in their order', async () => {
  const refusal = new MeshwrightError('CLUSTER_UNREACHABLE', 'It is gone.', { remedy: 'Start it.' });
  const checks = [
    { name: 'a', look: () => Promise.reject(refusal) },
    { name: 'b', look: () => Promise.resolve({ found: 'v1' }) },
    { name: 'c', look: () => Promise.resolve({ skipped: 'elsewhere' }) },
  ];
  expect(await runChecks(checks, { timeoutSeconds: 5, signal: never })).toEqual([
    { name: 'a', state: 'failed', message: 'It is gone.', details: { remedy: 'Start it.' } },
    { name: 'b', state: 'ok', message: 'v1', details: {} },
    { name: 'c', state: 'skipped', message: 'elsewhere', details: {} },
  ]);
});

it('fails a check that does not end in its time, and stops it', async () => {
  let stopped = false;
  const look = (signal: AbortSignal): Promise<never> => {
    signal.addEventListener('abort', () => (stopped = true));
    return new Promise(() => undefined);
  };
  const [result] = await runChecks([{ name: 'a', look }], { timeoutSeconds: 0.05, signal: never });
  expect(result).toMatchObject({ state: 'failed', message: 'There was no answer within 0.05 seconds.' });
  expect(stopped).toBe(true);
});
