import { Readable } from 'node:stream';
import { moment } from '@meshwright/rollouts/test-support/samples';
import type { Host } from '../host.ts';

/** A host without a terminal that keeps what is written. */
export interface TestHost extends Host {
  out(): string;
  err(): string;
}

export function testHost(overrides: Partial<Host> = {}): TestHost {
  const written = { out: '', err: '' };
  const output = (stream: 'out' | 'err') => ({
    isTerminal: false,
    columns: () => 100,
    rows: () => 40,
    write(text: string) {
      written[stream] += text;
    },
  });
  return {
    cwd: process.cwd(),
    env: {},
    stdout: output('out'),
    stderr: output('err'),
    stdin: () => Readable.from([]),
    interactive: false,
    ask: () => Promise.resolve(undefined),
    interrupted: new AbortController().signal,
    now: () => moment,
    ...overrides,
    out: () => written.out,
    err: () => written.err,
  };
}
