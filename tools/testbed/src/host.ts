import type { PartContext } from './parts/context.ts';
import type { ProcessGroup } from './processes/process-group.ts';
import type { ProgressReporter } from './progress/progress.ts';

/** What starting one testbed has at hand. */
export interface TestbedHost {
  readonly name: string;
  /** Everything of this testbed lies below it. */
  readonly directory: string;
  readonly processes: ProcessGroup;
  readonly parts: PartContext;
  readonly progress: ProgressReporter;
  readonly signal?: AbortSignal | undefined;
  /** The ports of its last run, to be taken again where they are free. */
  readonly preferredPorts: Readonly<Record<string, number>>;
}
