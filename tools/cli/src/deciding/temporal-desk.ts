import type { Client } from '@temporalio/client';
import { MeshwrightError, type RolloutStatus, type Told } from '@meshwright/model';
import {
  decide,
  decisionOn,
  findRollout,
  type GatedStatus,
  listWaiting,
  openGates,
  readGated,
  readRollout,
} from '@meshwright/rollouts';
import { escapeText } from '@meshwright/wording';
import { byHand, statedIdentity } from '../identity.ts';
import type { Session } from '../session.ts';
import { type Desk, isOtherWorkflow, type Seen } from './desk.ts';

/** Decides with Temporal itself: whoever reaches it can state any name. */
export async function openTemporalDesk(session: Session, as: string | undefined): Promise<Desk> {
  const stated = await statedIdentity(as, session.host.cwd);
  const client = await session.temporal();
  const name = escapeText(stated.identity);
  return {
    who: `${name} (from ${stated.source}; stated, not verified)`,
    signature: `by ${name} (stated, not verified)`,
    list: ({ repository, limit }) =>
      listWaiting(client, { limit, ...(repository === undefined ? {} : { repository }) }),
    look: (what) => (isOtherWorkflow(what) ? lookAtOther(client, what) : lookAtRollout(client, what)),
    decide: ({ workflow, approval }, decided) =>
      decide<object>(client, workflow, decisionOn(approval, { ...byHand(stated), ...decided })),
    // The session lets go of its connection.
    close: () => Promise.resolve(),
  };
}

async function lookAtRollout(client: Client, name: string): Promise<Seen> {
  const record = await findRollout(client, name);
  const report = await readRollout(client, record);
  const { status } = report;
  if (status === undefined) throw unanswered(record.rollout, 'meshwright why');
  const told: Told = { kind: 'rollout', workflow: record.rollout, run: record.runId };
  const gates = openGates({ kind: 'rollout', status }, told);
  return { workflow: record.rollout, gates, report, rollouts: [status], phase: status.phase };
}

async function lookAtOther(client: Client, workflow: string): Promise<Seen> {
  const kind = workflow.startsWith('policy:') ? 'policy-change' : 'pull-request';
  const { runId: run } = await describe(client, workflow);
  const gated = await readGated(client, { kind, workflow, run });
  if (gated === undefined) throw unanswered(workflow, 'meshwright doctor');
  return seenOf(gated, { kind, workflow, run });
}

async function describe(client: Client, workflow: string): Promise<{ runId: string }> {
  try {
    return await client.workflow.getHandle(workflow).describe();
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'WorkflowNotFoundError') throw error;
    throw new MeshwrightError(
      'INVALID_INPUT',
      `There is no ${workflow}.`,
      { remedy: 'Run `meshwright approvals` for what waits.' },
      { cause: error },
    );
  }
}

function seenOf(gated: GatedStatus, told: Told): Seen {
  const gates = openGates(gated, told);
  const { workflow } = told;
  const { phase } = gated.status;
  if (gated.kind === 'policy-change') {
    const { before, after } = gated.status;
    const policy = { before, ...(after === undefined ? {} : { after }) };
    return { workflow, gates, rollouts: [], policy, phase };
  }
  const rollouts: RolloutStatus[] = gated.kind === 'rollout' ? [gated.status] : gated.status.rollouts;
  return { workflow, gates, rollouts, phase };
}

function unanswered(workflow: string, remedy: string): MeshwrightError {
  return new MeshwrightError('NOT_READY', `Nobody answers for ${workflow}, so its plan is not known.`, {
    remedy: remedy === 'meshwright why' ? `meshwright why ${workflow}` : remedy,
  });
}
