import type { Client, WorkflowExecutionInfo, WorkflowExecutionStatusName } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import { MeshwrightError, Phase, SearchAttribute, WorkflowType } from '@meshwright/model';
import { readRollout } from './read.ts';
import { parseRolloutReference, workflowIdPrefix } from './reference.ts';
import type { ExecutionState, RolloutRecord } from './report.ts';

/** Which rollouts to list; what is absent does not matter. */
export interface RolloutFilter {
  pattern?: string;
  cluster?: string;
  phase?: Phase;
  running?: boolean;
  limit: number;
}

/** What listing and describing an execution have in common. */
type ExecutionInfo = Omit<WorkflowExecutionInfo, 'raw'>;

const states: Readonly<Partial<Record<WorkflowExecutionStatusName, ExecutionState>>> = {
  RUNNING: 'running',
  PAUSED: 'running',
  COMPLETED: 'completed',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
  TERMINATED: 'terminated',
  TIMED_OUT: 'timed-out',
  CONTINUED_AS_NEW: 'continued-as-new',
};
/** Ids in one query; the server bounds its length. */
const mostIds = 100;
/** Rollouts that are asked one by one. */
const mostAsked = 50;
const phases: readonly string[] = Object.values(Phase);
/** What names of patterns, clusters and phases consist of; nothing else gets into a query. */
const nameForm = /^[A-Za-z0-9][A-Za-z0-9._:@/-]{0,252}$/;

/** The rollouts that visibility knows, newest first. It may be a second behind. */
export async function listRollouts(client: Client, filter: RolloutFilter): Promise<RolloutRecord[]> {
  const { cluster, limit } = filter;
  if (cluster === undefined) return list(client, visibilityQuery(filter), limit);
  const [single, changed, coming] = await Promise.all([
    list(client, visibilityQuery(filter), limit),
    rolloutsThatChanged(client, cluster, filter),
    rolloutsToCome(client, cluster, filter),
  ]);
  const byRun = new Map([...single, ...changed, ...coming].map((record) => [record.runId, record]));
  return newestFirst([...byRun.values()]).slice(0, limit);
}

/**
 * A rollout has one cluster among its search attributes only when it has one target; of those with several, the
 * changes it made tell.
 */
async function rolloutsThatChanged(
  client: Client,
  cluster: string,
  filter: RolloutFilter,
): Promise<RolloutRecord[]> {
  const query = `WorkflowType = '${WorkflowType.meshChange}' AND ${equals(SearchAttribute.cluster, cluster)}`;
  const rollouts = new Set<string>();
  for await (const { parentExecution } of client.workflow.list({ query, pageSize: mostIds })) {
    if (parentExecution?.workflowId) rollouts.add(parentExecution.workflowId);
    if (rollouts.size >= mostIds) break;
  }
  if (rollouts.size === 0) return [];
  const ids = [...rollouts].map((id) => `'${requireName(id)}'`).join(', ');
  return list(client, `${visibilityQuery(withoutCluster(filter))} AND WorkflowId IN (${ids})`, filter.limit);
}

/** Rollouts of several targets that run but have changed nothing yet: they say themselves where they go. */
async function rolloutsToCome(
  client: Client,
  cluster: string,
  filter: RolloutFilter,
): Promise<RolloutRecord[]> {
  const own = visibilityQuery({ ...withoutCluster(filter), running: true });
  const records = await list(client, `${own} AND ${SearchAttribute.cluster} IS NULL`, mostAsked);
  const found = records.map(async (record) => {
    const { status } = await readRollout(client, record);
    return status?.targets.some((target) => target.cluster === cluster) === true ? [record] : [];
  });
  return (await Promise.all(found)).flat();
}

/**
 * The rollout a person named; of several, the newest.
 * @throws MeshwrightError INVALID_INPUT when there is none, or when a shortened commit fits several.
 */
export async function findRollout(client: Client, text: string): Promise<RolloutRecord> {
  const reference = parseRolloutReference(text);
  const prefix = workflowIdPrefix(reference);
  const query = `WorkflowType = '${WorkflowType.patternRollout}' AND WorkflowId STARTS_WITH '${prefix}'`;
  const found = await list(client, query, 100);
  const [newest] = found;
  if (newest === undefined) {
    throw new MeshwrightError('INVALID_INPUT', `There is no rollout ${text}.`, {
      remedy: 'Run `meshwright rollouts` for those there are; a new commit takes a moment to be seen.',
    });
  }
  const names = new Set(found.map(({ rollout }) => rollout));
  if (reference.commit !== undefined && names.size > 1) {
    throw new MeshwrightError('INVALID_INPUT', `"${text}" fits several rollouts.`, {
      lines: [...names],
      remedy: 'Give more digits of the commit.',
    });
  }
  return newest;
}

function withoutCluster(filter: RolloutFilter): RolloutFilter {
  const { cluster, ...others } = filter;
  return cluster === undefined ? filter : others;
}

/** The query for Temporal's visibility store; exported for its test. */
export function visibilityQuery({ pattern, cluster, phase, running }: RolloutFilter): string {
  const terms = [`WorkflowType = '${WorkflowType.patternRollout}'`];
  if (pattern !== undefined) terms.push(equals(SearchAttribute.pattern, pattern));
  if (cluster !== undefined) terms.push(equals(SearchAttribute.cluster, cluster));
  if (phase !== undefined) terms.push(equals(SearchAttribute.phase, phase));
  if (running === true) terms.push(`ExecutionStatus = 'Running'`);
  return terms.join(' AND ');
}

function equals(attribute: string, value: string): string {
  return `${attribute} = '${requireName(value)}'`;
}

function requireName(value: string): string {
  if (nameForm.test(value)) return value;
  throw new MeshwrightError('INVALID_INPUT', `"${value}" is not a name.`, {
    remedy: 'Names consist of letters, digits, dots and dashes.',
  });
}

async function list(client: Client, query: string, limit: number): Promise<RolloutRecord[]> {
  const records: RolloutRecord[] = [];
  for await (const info of client.workflow.list({ query, pageSize: limit })) {
    // A long rollout that continued as new is listed by its last run.
    if (info.status.name !== 'CONTINUED_AS_NEW') records.push(recordOf(info));
    if (records.length >= limit) break;
  }
  return newestFirst(records);
}

function newestFirst(records: readonly RolloutRecord[]): RolloutRecord[] {
  return records.toSorted((one, other) => other.startedAt - one.startedAt);
}

/** What visibility says of one execution. */
export function recordOf(info: ExecutionInfo): RolloutRecord {
  const repository = attribute(info, SearchAttribute.repository);
  const pattern = attribute(info, SearchAttribute.pattern);
  const cluster = attribute(info, SearchAttribute.cluster);
  const mesh = attribute(info, SearchAttribute.mesh);
  const commit = attribute(info, SearchAttribute.commit);
  const phase = attribute(info, SearchAttribute.phase);
  return {
    rollout: info.workflowId,
    runId: info.runId,
    state: stateOf(info),
    clusters: cluster === undefined ? [] : [cluster],
    startedAt: info.startTime.getTime(),
    ...(info.closeTime === undefined ? {} : { finishedAt: info.closeTime.getTime() }),
    ...(repository === undefined ? {} : { repository }),
    ...(pattern === undefined ? {} : { pattern }),
    ...(mesh === undefined ? {} : { mesh }),
    ...(commit === undefined ? {} : { commit }),
    ...(isPhase(phase) ? { phase } : {}),
  };
}

/** How an execution stands. */
export function stateOf({ status }: Pick<ExecutionInfo, 'status'>): ExecutionState {
  return states[status.name] ?? 'unknown';
}

/** The rollout of a workflow id, and of a run where it is known. */
export async function recordOfRun(client: Client, workflow: string, run?: string): Promise<RolloutRecord> {
  return recordOf(await client.workflow.getHandle(workflow, run).describe());
}

function attribute(info: ExecutionInfo, name: string): string | undefined {
  return info.typedSearchAttributes.get(defineSearchAttributeKey(name, 'KEYWORD'));
}

function isPhase(value: string | undefined): value is Phase {
  return value !== undefined && phases.includes(value);
}
