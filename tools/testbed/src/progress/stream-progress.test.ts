import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { duration, streamProgress, type ProgressStream } from './stream-progress.ts';

function memoryStream(isTTY: boolean): ProgressStream & { text: string } {
  return {
    text: '',
    isTTY,
    columns: 60,
    write(chunk) {
      this.text += chunk;
    },
  };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('progress on a plain stream', () => {
  it('is a line at the start, one every 30 seconds and one at the end', () => {
    const stream = memoryStream(false);
    const task = streamProgress(stream).begin('building etcd');
    task.update({ done: 0, total: 400, detail: 'packages' });
    vi.advanceTimersByTime(30_000);
    task.update({ done: 250 });
    vi.advanceTimersByTime(35_000);
    task.succeed('done');
    vi.advanceTimersByTime(60_000);
    expect(stream.text.trimEnd().split('\n')).toEqual([
      '... building etcd',
      '... building etcd 0 of 400 packages (30 s)',
      '... building etcd 250 of 400 packages (1 min 00 s)',
      'ok  building etcd: done (1 min 05 s)',
    ]);
  });

  it('says why a step failed, once', () => {
    const stream = memoryStream(false);
    const task = streamProgress(stream).begin('downloading etcd');
    vi.advanceTimersByTime(1_500);
    task.fail('no network');
    task.succeed();
    expect(stream.text).toBe('... downloading etcd\nno  downloading etcd: no network (1.5 s)\n');
  });
});

describe('progress on a terminal', () => {
  it('is one line that is written over, with all steps under way, no wider than the terminal', () => {
    const stream = memoryStream(true);
    const progress = streamProgress(stream);
    const first = progress.begin('starting etcd');
    const second = progress.begin('starting Temporal, which has a very long title indeed');
    vi.advanceTimersByTime(500);
    expect(stream.text).not.toContain('\n');
    const [, live = ''] = stream.text.split('\u001b[2K');
    expect(live).toMatch(/^starting etcd \(0\.5 s\) \| starting Temporal/);
    expect(live.length).toBeLessThan(60);
    first.succeed();
    second.succeed();
    expect(stream.text.split('\n').length).toBe(3);
  });
});

describe('a duration', () => {
  it.each([
    [40, '0.0 s'],
    [9_940, '9.9 s'],
    [9_960, '10 s'],
    [59_499, '59 s'],
    [59_600, '1 min 00 s'],
    [3_605_000, '60 min 05 s'],
  ])('of %d ms reads %s', (milliseconds, text) => {
    expect(duration(milliseconds)).toBe(text);
  });
});
