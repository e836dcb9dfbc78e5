import { startChild } from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  Message,
  shortCommit,
  workflowId,
  WorkflowType,
  type CommitReading,
  type Digest,
  type PolicyDecided,
} from '@meshwright/model';
import type { policyChange } from '@meshwright/review';
import { summary } from '@meshwright/workflow-kit';
import { signalIfRunning } from './signalling.ts';

/** What a watch knows of who may decide. */
export interface PolicyState {
  /** The policy that counts, and the commit it came with. */
  counts?: { policy: Digest; commit: string };
  /** The content of the file that an approval was asked for last, and the workflow that asks for it. */
  asked?: { content: string; workflow: string };
}

/** Of a file that is gone. */
const gone = 'none';

/**
 * Follows the policy file of a commit: the first one counts at once, since there is nobody yet who could approve it; any
 * other content counts when the policy before it has approved it. Gives what is worth a note.
 */
export async function followPolicy(
  repository: string,
  state: PolicyState,
  { commit, policy: reading, channels }: CommitReading,
): Promise<string | undefined> {
  const { path, policy, diagnostics } = reading;
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (state.counts === undefined) {
    const [first] = errors;
    if (first !== undefined) return `${path} is not valid, and nobody is known by it: ${first.message}`;
    if (policy === undefined) return undefined;
    state.counts = { policy, commit: commit.id };
    return `${path} says from now on who may decide.`;
  }
  const content =
    errors.length > 0
      ? `invalid ${JSON.stringify(errors.map(({ message, line }) => [message, line]))}`
      : (policy ?? gone);
  if (content === state.asked?.content) return undefined;
  const pending = state.asked?.workflow;
  if (content === state.counts.policy) {
    delete state.asked;
    if (pending !== undefined)
      await signalIfRunning(pending, Message.superseded, `the policy of ${shortCommit(commit.id)}`);
    return undefined;
  }
  const workflow = workflowId.policy(repository, commit.id);
  state.asked = { content, workflow };
  await startChange(workflow, repository, { counts: state.counts.policy, commit, policy: reading, channels });
  if (pending !== undefined) await signalIfRunning(pending, Message.superseded, workflow);
  return `${path} has changed; who may decide stays as it was until ${workflow} is approved.`;
}

async function startChange(
  id: string,
  repository: string,
  {
    counts,
    commit,
    policy,
    channels,
  }: Pick<CommitReading, 'commit' | 'policy' | 'channels'> & { counts: Digest },
): Promise<void> {
  const { path, policy: after, diagnostics } = policy;
  try {
    await startChild<typeof policyChange>(WorkflowType.policyChange, {
      workflowId: id,
      args: [
        {
          repository,
          commit,
          path,
          before: counts,
          ...(after === undefined ? {} : { after }),
          diagnostics,
          channels,
        },
      ],
      parentClosePolicy: 'ABANDON',
      staticSummary: summary(
        `${path} of ${repository} changed in ${shortCommit(commit.id)} ${commit.subject}`,
      ),
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

/** From now on another policy counts; the rollouts that run ask who may decide anew. */
export function takePolicy(
  state: PolicyState,
  { policy, commit }: PolicyDecided,
  rollouts: readonly string[],
): void {
  if (policy === undefined) delete state.counts;
  else state.counts = { policy, commit };
  delete state.asked;
  for (const rollout of rollouts) void signalIfRunning(rollout, Message.policyChanged);
}
