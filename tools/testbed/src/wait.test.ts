import { describe, expect, it } from 'vitest';

import { waitFor } from './wait.ts';

describe('waiting for a condition', () => {
  it('looks again until it holds', async () => {
    let looks = 0;
    const condition = (): Promise<string | undefined> => {
      looks += 1;
      return Promise.resolve(looks < 3 ? 'not yet' : undefined);
    };
    await waitFor(condition, { what: 'it', seconds: 10, intervalMilliseconds: 1 });
    expect(looks).toBe(3);
  });

  it('tells what was missing when the time is over', async () => {
    const waiting = waitFor(() => Promise.resolve('port 1 is closed'), {
      what: 'the server',
      seconds: 0,
      intervalMilliseconds: 1,
    });
    await expect(waiting).rejects.toMatchObject({
      code: 'NOT_READY',
      message: 'the server was not ready within 0 s: port 1 is closed',
    });
  });

  it('ends at once when it is aborted', async () => {
    const abort = new AbortController();
    const condition = (): Promise<string> => {
      abort.abort(new Error('Ctrl-C'));
      return Promise.resolve('never ready');
    };
    const waiting = waitFor(condition, { what: 'it', seconds: 60, signal: abort.signal });
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });
});
