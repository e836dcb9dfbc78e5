import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import {
  type Account,
  type ApprovalRules,
  type DecisionRequest,
  MeshwrightError,
  type Origin,
  type PullRequestState,
  type PullRequestStatus,
  workflowId,
} from '@meshwright/model';
import type { ForgeConnection, PullRequest } from '@meshwright/plugin-sdk';
import { readGated } from '@meshwright/rollouts';
import type { Engine } from '../engine.ts';
import type { Services } from '@meshwright/services';
import type { Policies } from './policy.ts';

export interface OriginOptions {
  engine: Engine;
  services: Services;
  policies: Policies;
}

/** A repository on its forge. */
export interface Hosted {
  connection: ForgeConnection;
  project: string;
  /** The branch that is watched. */
  branch: string;
}

/** Where a repository lies; undefined where it has no forge. */
export function hostedOf(services: Services, repository: string): Hosted | undefined {
  const { forge, branch } = services.repository(repository);
  const service = forge === undefined ? undefined : services.forge(forge.name);
  if (forge === undefined || service === undefined || branch === undefined) return undefined;
  return { connection: service.connection, project: forge.project, branch };
}

/** Who brought a commit in, and what was decided on its pull request. */
export async function findOrigin(
  { engine, services }: OriginOptions,
  { repository, commit }: { repository: string; commit: string },
): Promise<Origin> {
  const hosted = hostedOf(services, repository);
  if (hosted === undefined) return { accounts: [], decisions: [] };
  const { connection, project, branch } = hosted;
  const [pullRequests, pushers] = await Promise.all([
    connection.pullRequestsOf(project, commit),
    connection.pushersOf(project, branch, commit),
  ]);
  const merged = pullRequests.filter(({ state, base }) => state === 'merged' && base === branch);
  const accounts = [...pushers, ...merged.flatMap(partOf)];
  const [own] = merged;
  if (own === undefined) return { accounts, decisions: [] };
  return {
    accounts,
    pullRequest: { number: own.number, url: own.url },
    decisions: await decisionsOn(engine.client(), repository, own.number),
  };
}

function partOf({ author, mergedBy }: PullRequest): Account[] {
  return mergedBy === undefined ? [author] : [author, mergedBy];
}

/** What was decided on the plans of a pull request, as requests that can be made again. */
async function decisionsOn(client: Client, repository: string, number: number): Promise<DecisionRequest[]> {
  const status = await readPullRequestPlan(client, repository, number);
  return (status?.rollouts ?? []).flatMap(({ decisions, approval }) =>
    decisions.map(({ gate, subject, decision, account, reason, from }) => ({
      run: approval?.run ?? '',
      gate,
      subject,
      decision,
      account,
      from,
      ...(reason === undefined ? {} : { reason }),
    })),
  );
}

/**
 * The plan of a pull request, also after its end; undefined where there never was one, or Temporal keeps it no longer.
 * @throws MeshwrightError TEMPORAL_UNREACHABLE when nobody answers for it.
 */
export async function readPullRequestPlan(
  client: Client,
  repository: string,
  number: number,
): Promise<PullRequestStatus | undefined> {
  const workflow = workflowId.pullRequest(repository, number);
  try {
    const { runId: run } = await client.workflow.getHandle(workflow).describe();
    const gated = await readGated(client, { kind: 'pull-request', workflow, run });
    if (gated?.kind === 'pull-request') return gated.status;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
  throw nobodyAnswers(workflow);
}

/** The error for a workflow that no worker answers for: it is asked again. */
export function nobodyAnswers(workflow: string): MeshwrightError {
  return new MeshwrightError('TEMPORAL_UNREACHABLE', `No orchestrator answers for ${workflow}.`, {
    remedy: 'Start the orchestrator, or `npm start`, which runs every worker.',
  });
}

/**
 * A pull request as its plan needs to know it. No plan is made for strangers: rendering what somebody proposes takes the
 * engine's time, and shows what is on the clusters.
 */
export async function readPullRequest(
  { services, policies }: OriginOptions,
  { repository, number, asked }: { repository: string; number: number; asked?: string },
): Promise<PullRequestState> {
  const hosted = hostedOf(services, repository);
  if (hosted === undefined) {
    throw new MeshwrightError('INVALID_INPUT', `The repository ${repository} has no forge.`, {
      remedy: 'Name its forge and branch in meshwright.yaml, for the gateway too.',
    });
  }
  const { connection, project, branch } = hosted;
  const [pullRequest, policy] = await Promise.all([
    connection.pullRequest(project, number),
    policies.current(repository),
  ]);
  const rules = policy === undefined ? undefined : await policies.rules(policy);
  const refused = refusal(pullRequest, { branch, rules, asked });
  const { url, title, state, head, headRef } = pullRequest;
  return {
    number,
    url,
    title,
    state,
    head,
    headRef,
    accounts: partOf(pullRequest),
    ...(refused === undefined ? {} : { refused }),
  };
}

function refusal(
  { base, author, head }: PullRequest,
  { branch, rules, asked }: { branch: string; rules: ApprovalRules | undefined; asked: string | undefined },
): string | undefined {
  if (base !== branch) return `another branch: it goes into ${base}, and ${branch} is watched`;
  if (rules === undefined || asked === head || personOf(rules, author) !== undefined) return undefined;
  return 'somebody of the policy to ask for its plan with /plan: its author is nobody whom the policy knows';
}

/** The name of the person that an account belongs to. */
export function personOf({ people }: Pick<ApprovalRules, 'people'>, account: Account): string | undefined {
  return people.find(({ accounts }) =>
    accounts.some(({ service, id }) => service === account.service && id === account.id),
  )?.name;
}
