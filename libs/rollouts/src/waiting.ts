import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import {
  type ApprovalStatus,
  isFinal,
  Message,
  Phase,
  type PolicyChangeStatus,
  type PullRequestStatus,
  type RolloutStatus,
  SearchAttribute,
  type Told,
  WorkflowType,
} from '@meshwright/model';
import { stateOf } from './records.ts';
import { readStatus } from './status.ts';

/** Something that people can decide on now. */
export interface WaitingGate extends Told {
  repository: string;
  /** What is waited for, in words: the pattern, the policy file, the pull request. */
  about: string;
  commit?: string;
  approval: ApprovalStatus;
}

/** Whatever has a gate, and how it stands. */
export type GatedStatus =
  | { kind: 'rollout'; status: RolloutStatus }
  | { kind: 'policy-change'; status: PolicyChangeStatus }
  | { kind: 'pull-request'; status: PullRequestStatus };

const kinds = {
  [WorkflowType.patternRollout]: { kind: 'rollout', query: Message.rolloutStatus },
  [WorkflowType.policyChange]: { kind: 'policy-change', query: Message.policyChangeStatus },
  [WorkflowType.pullRequestPlan]: { kind: 'pull-request', query: Message.pullRequestStatus },
} as const satisfies Record<string, { kind: Told['kind']; query: string }>;

/** Workflows that are asked at once. */
const atOnce = 10;

/**
 * The gates that wait for people, oldest first: of rollouts, policy changes and pull requests, as visibility and their
 * workflows know them. A workflow that nobody answers for is left out.
 */
export async function listWaiting(
  client: Client,
  { repository, limit }: { repository?: string; limit: number },
): Promise<WaitingGate[]> {
  const types = Object.keys(kinds).map((type) => `'${type}'`);
  const query = [
    `WorkflowType IN (${types.join(', ')})`,
    `ExecutionStatus = 'Running'`,
    // A change that has stopped may ask whether it is kept.
    `${SearchAttribute.phase} IN ('${Phase.awaitingApproval}', '${Phase.stopped}')`,
    // Names of repositories are DNS labels; nothing else gets into a query.
    ...(repository === undefined
      ? []
      : [`${SearchAttribute.repository} = '${repository.replace(/[^a-z0-9-]/g, '')}'`]),
  ].join(' AND ');
  const found: WorkflowExecutionInfo[] = [];
  for await (const info of client.workflow.list({ query, pageSize: limit })) {
    found.push(info);
    if (found.length >= limit) break;
  }
  const gates: WaitingGate[] = [];
  for (let index = 0; index < found.length; index += atOnce) {
    const some = found.slice(index, index + atOnce).map((info) => gatesOf(client, info));
    gates.push(...(await Promise.all(some)).flat());
  }
  return gates.toSorted((one, other) => one.approval.openedAt - other.approval.openedAt).slice(0, limit);
}

async function gatesOf(client: Client, info: WorkflowExecutionInfo): Promise<WaitingGate[]> {
  const type = kinds[info.type as keyof typeof kinds];
  const { workflowId: workflow, runId: run } = info;
  const { status } = await readStatus<object>(client, {
    workflow,
    run,
    state: stateOf(info),
    query: type.query,
  });
  if (status === undefined) return [];
  return openGates({ kind: type.kind, status } as GatedStatus, { kind: type.kind, workflow, run });
}

/** The gates of something at which decisions are taken now. */
export function openGates({ kind, status }: GatedStatus, told: Told): WaitingGate[] {
  const { repository } = status;
  if (kind === 'pull-request') {
    return status.rollouts.flatMap(({ approval, pattern, commit }) =>
      isOpen(approval) ? [{ ...told, repository, about: pattern, commit, approval }] : [],
    );
  }
  if (!isOpen(status.approval) || isFinal(status.phase)) return [];
  const { approval } = status;
  return kind === 'rollout'
    ? [{ ...told, repository, about: status.pattern, commit: status.commit, approval }]
    : [{ ...told, repository, about: status.path, commit: status.commit.id, approval }];
}

/** Whether decisions are taken at a gate. */
export function isOpen(approval: ApprovalStatus | undefined): approval is ApprovalStatus {
  return approval !== undefined && approval.settledAt === undefined;
}

/**
 * What a workflow with gates tells of itself.
 * @returns undefined where nobody answers for it.
 */
export async function readGated(
  client: Client,
  { kind, workflow, run }: Told,
): Promise<GatedStatus | undefined> {
  const description = await client.workflow.getHandle(workflow, run).describe();
  const query = Object.values(kinds).find((known) => known.kind === kind)?.query ?? '';
  const { status } = await readStatus<object>(client, { workflow, run, state: stateOf(description), query });
  return status === undefined ? undefined : ({ kind, status } as GatedStatus);
}
