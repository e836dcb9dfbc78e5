import { describe, expect, it, vi } from 'vitest';
import { createHints } from './hints.ts';

vi.setConfig({ testTimeout: 30_000 });

const never = new AbortController().signal;

describe('a pause', () => {
  it('ends with the next hint for its repository, and no other', async () => {
    const hints = createHints();
    let ended = false;
    const pause = hints.pause('a', 0, 60_000, never).then(() => (ended = true));
    hints.give('b');
    await new Promise((resolve) => setImmediate(resolve));
    expect(ended).toBe(false);
    hints.give('a');
    await pause;
    expect(ended).toBe(true);
  });

  it('does not begin when a hint came after the count was taken', async () => {
    const hints = createHints();
    const counted = hints.count('a');
    hints.give('a');
    await hints.pause('a', counted, 60_000, never);
    expect(hints.isRecent('a')).toBe(true);
  });

  it('ends by itself', async () => {
    const hints = createHints();
    await hints.pause('a', 0, 1, never);
    expect(hints.isRecent('a')).toBe(false);
  });

  it('ends with the reason of an aborted signal', async () => {
    const stop = new AbortController();
    const pause = createHints().pause('a', 0, 60_000, stop.signal);
    stop.abort(new Error('enough'));
    await expect(pause).rejects.toThrow('enough');
    await expect(createHints().pause('a', 0, 60_000, stop.signal)).rejects.toThrow('enough');
  });
});
