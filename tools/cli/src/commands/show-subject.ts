import { type ApprovalPolicy, isMeshwrightError } from '@meshwright/model';
import type { WaitingGate } from '@meshwright/rollouts';
import { describePolicyChange, escapeText } from '@meshwright/wording';
import type { Seen } from '../deciding/desk.ts';
import { renderGate } from '../render/gates.ts';
import { renderRollout } from '../render/rollout.ts';
import type { Session } from '../session.ts';
import { showPlans } from './show-plans.ts';

/** Prints what is decided on: the plans of a rollout or a pull request, or what a changed policy says. */
export async function showSubject(
  session: Session,
  { report, rollouts, policy }: Seen,
  gate: WaitingGate,
  full: boolean,
): Promise<void> {
  const view = session.view();
  if (report !== undefined) session.print([...renderRollout(report, view), '']);
  else session.print([...renderGate(gate, view), '']);
  const decided = report === undefined ? rollouts.filter(({ pattern }) => pattern === gate.about) : rollouts;
  const plans = decided.flatMap(({ targets }) => targets.flatMap(({ plan }) => plan ?? []));
  if (plans.length > 0) await showPlans(session, plans, full);
  if (policy !== undefined) await showPolicy(session, policy);
}

async function showPolicy(session: Session, { before, after }: NonNullable<Seen['policy']>): Promise<void> {
  try {
    const evidence = await session.evidence();
    const old = await evidence.getJson<ApprovalPolicy>(before);
    const now = after === undefined ? undefined : await evidence.getJson<ApprovalPolicy>(after);
    session.print([...describePolicyChange(old, now).map((line) => `  ${escapeText(line)}`), '']);
  } catch (error) {
    if (!isMeshwrightError(error)) throw error;
    session.tell([`note: the policies are not at hand here: ${escapeText(error.message)}`, '']);
  }
}
