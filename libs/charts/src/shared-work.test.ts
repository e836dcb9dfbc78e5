import { describe, expect, it } from 'vitest';
import { shareWork } from './shared-work.ts';

/** Work that ends when it is told to, and what became of it. */
function openWork() {
  const ends: PromiseWithResolvers<string>[] = [];
  const signals: AbortSignal[] = [];
  return {
    ends,
    signals,
    work: (signal: AbortSignal): Promise<string> => {
      const end = Promise.withResolvers<string>();
      signal.addEventListener('abort', () => end.reject(signal.reason), { once: true });
      ends.push(end);
      signals.push(signal);
      return end.promise;
    },
  };
}

describe('shared work', () => {
  it('is done once for all who ask for it at once', async () => {
    const shared = shareWork<string>();
    const { work, ends } = openWork();
    const asked = [shared.join('a', work, undefined), shared.join('a', work, new AbortController().signal)];
    expect(ends).toHaveLength(1);
    ends[0]?.resolve('done');
    expect(await Promise.all(asked)).toEqual(['done', 'done']);
  });

  it('is not shared by those who ask for something else, or later', async () => {
    const shared = shareWork<string>();
    const { work, ends } = openWork();
    const asked = [shared.join('a', work, undefined), shared.join('b', work, undefined)];
    for (const [index, end] of ends.entries()) end.resolve(String(index));
    expect(await Promise.all(asked)).toEqual(['0', '1']);
    const later = shared.join('a', work, undefined);
    ends[2]?.resolve('2');
    expect(await later).toBe('2');
  });

  it('fails for all who wait, and is tried again by who asks later', async () => {
    const shared = shareWork<string>();
    const { work, ends } = openWork();
    const asked = Promise.allSettled([shared.join('a', work, undefined), shared.join('a', work, undefined)]);
    ends[0]?.reject(new Error('no'));
    expect((await asked).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const later = shared.join('a', work, undefined);
    ends[1]?.resolve('yes');
    expect(await later).toBe('yes');
  });

  it('goes on for the others when one of them does not wait any more', async () => {
    const shared = shareWork<string>();
    const { work, ends, signals } = openWork();
    const leaving = new AbortController();
    const left = shared.join('a', work, leaving.signal);
    const stayed = shared.join('a', work, new AbortController().signal);
    leaving.abort(new Error('left'));
    await expect(left).rejects.toThrow('left');
    expect(signals[0]?.aborted).toBe(false);
    ends[0]?.resolve('done');
    expect(await stayed).toBe('done');
  });

  it('is cancelled when nobody waits any more, and begun anew by who asks then', async () => {
    const shared = shareWork<string>();
    const { work, ends, signals } = openWork();
    const leaving = new AbortController();
    const left = shared.join('a', work, leaving.signal);
    leaving.abort(new Error('left'));
    await expect(left).rejects.toThrow('left');
    expect(signals[0]?.aborted).toBe(true);
    const later = shared.join('a', work, undefined);
    ends[1]?.resolve('anew');
    expect(await later).toBe('anew');
  });

  it('does not begin for who does not wait from the start', async () => {
    const shared = shareWork<string>();
    const { work, ends } = openWork();
    await expect(shared.join('a', work, AbortSignal.abort(new Error('early')))).rejects.toThrow('early');
    expect(ends).toEqual([]);
  });
});
