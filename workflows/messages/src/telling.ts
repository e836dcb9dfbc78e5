import { getExternalWorkflowHandle, startChild, workflowInfo } from '@temporalio/workflow';
import { TemporalFailure, WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { Message, workflowId, WorkflowType, type Told } from '@meshwright/model';
import { summary } from '@meshwright/workflow-kit';
import type { rolloutNotices } from './notices.ts';

/** Those who follow a run. */
export interface Followers {
  /** Lets them know that the run has moved; returns at once. */
  tell(): void;
  /** Returns when they have been told of everything. */
  told(): Promise<void>;
}

const nobody: Followers = { tell: () => undefined, told: () => Promise.resolve() };

/**
 * Starts the notices of this run; nothing where no channel follows it. They go on after its end until they have been told, and
 * whatever becomes of them, the run goes on.
 */
export async function startNotices(
  kind: Told['kind'],
  { repository, channels = [] }: { repository: string; channels?: readonly string[] },
): Promise<Followers> {
  if (channels.length === 0) return nobody;
  const { workflowId: workflow, runId: run } = workflowInfo();
  const id = workflowId.notices(workflow, run);
  try {
    await startChild<typeof rolloutNotices>(WorkflowType.rolloutNotices, {
      workflowId: id,
      args: [{ kind, workflow, run, repository, channels }],
      parentClosePolicy: 'ABANDON',
      staticSummary: summary(`tell ${channels.join(', ')} of ${workflow}`),
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
  return followersOf(id);
}

function followersOf(id: string): Followers {
  const notices = getExternalWorkflowHandle(id);
  let last: Promise<void> = Promise.resolve();
  return {
    tell: () => {
      last = notices.signal(Message.rolloutMoved).catch(ignoreTheirEnd);
    },
    told: () => last,
  };
}

/** They were ended from outside: the run goes on untold. */
function ignoreTheirEnd(error: unknown): void {
  if (!(error instanceof TemporalFailure)) throw error;
}
