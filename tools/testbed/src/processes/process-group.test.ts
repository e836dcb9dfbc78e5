import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it, onTestFinished } from 'vitest';

import { scratchDirectory } from '../test-support/scratch.ts';
import { endProcess } from './end-process.ts';
import { processIdentity } from './identity.ts';
import { openProcessGroup, type ProcessGroup } from './process-group.ts';

async function testGroup(signal?: AbortSignal): Promise<{ directory: string; group: ProcessGroup }> {
  const directory = await scratchDirectory();
  const group = openProcessGroup(directory, signal);
  onTestFinished(async () => {
    await group.stopAll();
  });
  return { directory, group };
}

/** A process that started in a later tick of the kernel's clock than another. */
async function startAfter(identity: string): Promise<ChildProcess> {
  for (;;) {
    const child = spawn('sleep', ['600'], { detached: true });
    await once(child, 'spawn');
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    if ((await processIdentity(child.pid!)) !== identity) return child;
  }
}

const sleeper = { name: 'sleeper', command: 'sleep', args: ['600'] };

describe('a group of programs', () => {
  it('starts a program that outlives this process, and stops it', async () => {
    const { group } = await testGroup();
    const { pid, identity } = await group.start(sleeper);
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    const [, , processGroup, session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    expect([processGroup, session]).toEqual([String(pid), String(pid)]);
    expect(await group.list()).toMatchObject([{ name: 'sleeper', pid, running: true }]);
    expect(await group.stop('sleeper')).toBe(true);
    expect(await processIdentity(pid)).not.toBe(identity);
    expect(await group.list()).toEqual([]);
    expect(await group.stop('sleeper')).toBe(false);
  });

  it('leaves a program running that runs already', async () => {
    const { group } = await testGroup();
    const first = await group.start(sleeper);
    const second = await group.start(sleeper);
    expect(second.pid).toBe(first.pid);
  });

  it('stops programs in the reverse order of their start', async () => {
    const { group } = await testGroup();
    for (const name of ['one', 'two', 'three']) await group.start({ ...sleeper, name });
    expect(await group.stopAll()).toEqual(['three', 'two', 'one']);
  });

  it('never signals a process that got the number of one that is gone', async () => {
    const { directory, group } = await testGroup();
    const record = await group.start(sleeper);
    const file = join(directory, 'processes', 'sleeper.json');
    await group.stop('sleeper');
    const stranger = await startAfter(record.identity);
    await writeFile(file, JSON.stringify({ ...record, pid: stranger.pid }));
    expect(await group.list()).toMatchObject([{ name: 'sleeper', running: false }]);
    expect(await group.stop('sleeper')).toBe(false);
    expect(await processIdentity(stranger.pid!)).toBeDefined();
  });

  it('starts anew what is gone', async () => {
    const { group } = await testGroup();
    const first = await group.start(sleeper);
    process.kill(first.pid, 'SIGKILL');
    await endProcess(first);
    const second = await group.start(sleeper);
    expect(second.pid).not.toBe(first.pid);
    expect(await group.list()).toMatchObject([{ pid: second.pid, running: true }]);
  });

  it('tells the last lines of a program that ends before it is ready, and keeps no record of it', async () => {
    const { group } = await testGroup();
    const failing = group.start({
      name: 'failing',
      command: 'sh',
      args: ['-c', 'sleep 0.05; echo one; echo address already in use >&2; exit 1'],
      ready: () => Promise.resolve('not yet'),
    });
    await expect(failing).rejects.toMatchObject({
      code: 'NOT_READY',
      message: 'failing ended before it was ready',
      details: { lines: ['one', 'address already in use'], where: group.logPath('failing') },
    });
    expect(await group.list()).toEqual([]);
  });

  it('stops a program that does not become ready in time', async () => {
    const { group } = await testGroup();
    const slow = group.start({
      ...sleeper,
      ready: () => Promise.resolve('the port is closed'),
      readyWithinSeconds: 0,
    });
    await expect(slow).rejects.toThrow('sleeper was not ready within 0 s: the port is closed');
    expect(await group.list()).toEqual([]);
  });

  it('stops a program whose start is aborted', async () => {
    const abort = new AbortController();
    const { group } = await testGroup(abort.signal);
    const ready = (): Promise<string> => {
      abort.abort();
      return Promise.resolve('not yet');
    };
    await expect(group.start({ ...sleeper, ready })).rejects.toThrow('aborted');
    expect(await group.list()).toEqual([]);
  });

  it('says which program cannot be started', async () => {
    const { group } = await testGroup();
    const missing = group.start({ name: 'missing', command: '/nonexistent/program', args: [] });
    await expect(missing).rejects.toMatchObject({
      code: 'PREREQUISITE_MISSING',
      message: expect.stringContaining('/nonexistent/program') as string,
    });
  });

  it('hands on no variables of the environment but the harmless ones and its own', async () => {
    process.env.TESTBED_TEST_TOKEN = 'hidden';
    onTestFinished(() => {
      delete process.env.TESTBED_TEST_TOKEN;
    });
    const { directory, group } = await testGroup();
    await mkdir(directory, { recursive: true });
    const output = join(directory, 'environment');
    await group.start({
      name: 'environment',
      command: 'sh',
      args: ['-c', `env > ${output}.part; mv ${output}.part ${output}; sleep 600`],
      environment: { OWN: 'given' },
      ready: () =>
        readFile(output).then(
          () => undefined,
          () => 'not written',
        ),
    });
    const environment = await readFile(output, 'utf8');
    expect(environment).toContain('OWN=given');
    expect(environment).toContain('PATH=');
    expect(environment).not.toContain('hidden');
  });

  it('refuses names that are no file names', async () => {
    const { group } = await testGroup();
    await expect(group.start({ ...sleeper, name: '../outside' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
  });
});

describe('ending a process', () => {
  it('takes SIGKILL for one that does not heed SIGTERM, and ends its children with it', async () => {
    const { group } = await testGroup();
    const script = 'trap "" TERM; sleep 600 & echo $!; wait; sleep 600';
    const stubborn = await group.start({
      name: 'stubborn',
      command: 'sh',
      args: ['-c', script],
      ready: async () =>
        (await readFile(group.logPath('stubborn'), 'utf8')).includes('\n') ? undefined : 'no child',
    });
    const child = Number(await readFile(group.logPath('stubborn'), 'utf8'));
    await endProcess(stubborn, { afterTerm: 0.2, afterKill: 10 });
    expect(await processIdentity(stubborn.pid)).toBeUndefined();
    await expect.poll(() => processIdentity(child)).toBeUndefined();
  });
});
