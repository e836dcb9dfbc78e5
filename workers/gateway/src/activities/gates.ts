import type { Client } from '@temporalio/client';
import { isFinal, type Told, workflowId } from '@meshwright/model';
import { listWaiting, openGates, type WaitingGate } from '@meshwright/rollouts';
import type { Engine } from '../engine.ts';
import type { Services } from '@meshwright/services';
import { hostedOf, readPullRequestPlan } from './origin.ts';

/** Gates that are looked through to find those of a merged pull request. */
const mostWaiting = 100;

/**
 * The gates that a comment on a pull request is about: those of its plans while it is open, those of the rollouts of its
 * merge from then on. A project may be watched as several repositories.
 */
export async function gatesOfPullRequest(
  { engine, services }: { engine: Engine; services: Services },
  { repository, number }: { repository: string; number: number },
): Promise<WaitingGate[]> {
  const client = engine.client();
  const { forge } = services.repository(repository);
  const names =
    forge === undefined ? [repository] : services.hosted(forge.name, forge.project).map(({ name }) => name);
  const found = await Promise.all(names.map((name) => gatesIn({ client, services }, name, number)));
  return found.flat();
}

async function gatesIn(
  { client, services }: { client: Client; services: Services },
  repository: string,
  number: number,
): Promise<WaitingGate[]> {
  const plan = await readPullRequestPlan(client, repository, number);
  if (plan !== undefined && !isFinal(plan.phase)) {
    const workflow = workflowId.pullRequest(repository, number);
    const told: Told = { kind: 'pull-request', workflow, run: '' };
    return openGates({ kind: 'pull-request', status: plan }, told);
  }
  const waiting = await listWaiting(client, { repository, limit: mostWaiting });
  const others = waiting.filter(({ kind }) => kind !== 'pull-request');
  const commits = new Set(others.flatMap(({ commit }) => commit ?? []));
  const brought = await broughtBy(services, repository, number, [...commits]);
  return others.filter(({ commit }) => commit !== undefined && brought.has(commit));
}

/** Those of the commits that came in with the pull request. */
async function broughtBy(
  services: Services,
  repository: string,
  number: number,
  commits: readonly string[],
): Promise<Set<string>> {
  const hosted = hostedOf(services, repository);
  if (hosted === undefined) return new Set();
  const { connection, project, branch } = hosted;
  const own = new Set<string>();
  for (const commit of commits) {
    const found = await connection.pullRequestsOf(project, commit);
    const isOwn = found.some((one) => one.number === number && one.state === 'merged' && one.base === branch);
    if (isOwn) own.add(commit);
  }
  return own;
}
