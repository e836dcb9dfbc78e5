import { MeshwrightError } from '@meshwright/model';

import type { Environment } from '../paths.ts';
import type { ProgressReporter } from '../progress/progress.ts';

export type Architecture = 'amd64' | 'arm64';

/** What getting a part depends on. */
export interface PartContext {
  readonly environment: Environment;
  readonly cache: string;
  /** Whether packages of the distribution may be installed. */
  readonly install: boolean;
  readonly progress: ProgressReporter;
  readonly signal?: AbortSignal | undefined;
  readonly system: NodeJS.Platform;
  readonly architecture: Architecture;
}

/** @throws MeshwrightError `UNSUPPORTED` on other processors. */
export function architectureOf(name: NodeJS.Architecture = process.arch): Architecture {
  if (name === 'x64') return 'amd64';
  if (name === 'arm64') return 'arm64';
  throw new MeshwrightError('UNSUPPORTED', `no part is known for the processor architecture ${name}`);
}
