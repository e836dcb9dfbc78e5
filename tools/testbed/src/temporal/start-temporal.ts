import { randomBytes } from 'node:crypto';

import { MeshwrightError } from '@meshwright/model';

import type { ProgressReporter } from '../progress/progress.ts';
import { startTestbed } from '../testbed.ts';
import type { TemporalEndpoint, TemporalServerOptions } from './dev-server.ts';

export interface StartTemporalOptions extends TemporalServerOptions {
  /** Default: a name of its own, and nothing is kept when it stops. */
  readonly name?: string;
  readonly progress?: ProgressReporter;
  readonly signal?: AbortSignal;
}

/** A Temporal server without a cluster. */
export interface TemporalServer extends TemporalEndpoint {
  stop(): Promise<void>;
}

/** Starts Temporal alone, for what needs no cluster. Without a name it belongs to this process and keeps nothing. */
export async function startTemporal(options: StartTemporalOptions = {}): Promise<TemporalServer> {
  const { name, persistent, dynamicConfig, ...rest } = options;
  const testbed = await startTestbed({
    ...rest,
    name: name ?? `temporal-${randomBytes(6).toString('hex')}`,
    profile: 'control-plane',
    kubernetes: false,
    owned: name === undefined,
    temporal: {
      persistent: persistent ?? name !== undefined,
      ...(dynamicConfig === undefined ? {} : { dynamicConfig }),
    },
  });
  const { temporal } = testbed;
  if (temporal === undefined) throw new MeshwrightError('INTERNAL', 'Temporal started and gave no address');
  return { ...temporal, stop: () => testbed.stop({ remove: name === undefined }) };
}
