import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { describe, expect, it } from 'vitest';

import { processIdentity, startTimeOf } from './identity.ts';

describe('the identity of a process', () => {
  it('is the same whenever it is looked at', async () => {
    const identity = await processIdentity(process.pid);
    expect(identity).toBeDefined();
    expect(await processIdentity(process.pid)).toBe(identity);
  });

  it('is another for another process', async () => {
    expect(await processIdentity(process.ppid)).not.toBe(await processIdentity(process.pid));
  });

  it('is gone with the process', async () => {
    const child = spawn('sleep', ['60']);
    await once(child, 'spawn');
    const pid = child.pid!;
    expect(await processIdentity(pid)).toBeDefined();
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await processIdentity(pid)).toBeUndefined();
  });
});

describe('the start time in a line of /proc/<pid>/stat', () => {
  const after = 'S 1 7 7 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 11 0 4242 1000 200';
  it.each([
    ['a plain name', `7 (etcd) ${after}`],
    ['a name with spaces and brackets', `7 (tmux: (server) S 1) ${after}`],
  ])('is found after %s', (_, line) => {
    expect(startTimeOf(line)).toBe('4242');
  });

  it('is none for a process that only waits to be buried', () => {
    expect(startTimeOf(`7 (etcd) ${after.replace('S', 'Z')}`)).toBeUndefined();
  });
});
