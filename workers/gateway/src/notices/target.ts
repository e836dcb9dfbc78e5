import {
  type ChangeStatus,
  describeAction,
  describeMesh,
  formatCounts,
  type NoticeTarget,
  type RolloutStatus,
  StageState,
} from '@meshwright/model';
import type { PlanFacts } from './facts.ts';

const mostDeletes = 20;
const mostDiffLines = 200;

/** What becomes of one target. */
export function noticeTarget(target: ChangeStatus, facts: PlanFacts | undefined): NoticeTarget {
  const { cluster, phase, plan, waitingFor } = target;
  const { lines = [], deletes = [] } = facts ?? {};
  return {
    cluster,
    phase,
    action: plan === undefined ? 'not planned yet' : describeAction(plan),
    ...(plan === undefined ? {} : { plan: plan.digest, counts: plan.counts, blastRadius: plan.blastRadius }),
    stages: stagesOf(target),
    deletes: { sample: deletes.slice(0, mostDeletes), others: Math.max(0, deletes.length - mostDeletes) },
    warnings: plan?.warnings ?? [],
    diff: { lines: lines.slice(0, mostDiffLines), others: Math.max(0, lines.length - mostDiffLines) },
    ...verdictOf(target),
    ...(waitingFor === undefined ? {} : { waitingFor }),
  };
}

/** How far the stages are, those of the way back after those that it takes back. */
function stagesOf({ stages, rollback, plan }: ChangeStatus): NoticeTarget['stages'] {
  const begun = [...stages, ...(rollback ?? [])];
  const shown =
    begun.length > 0
      ? begun
      : (plan?.stages ?? []).map(({ title }) => ({ title, state: StageState.pending }));
  return shown.map((stage) => {
    const note = 'note' in stage ? stage.note : undefined;
    return { title: stage.title, state: stage.state, ...(note === undefined ? {} : { note }) };
  });
}

function verdictOf({ gate }: ChangeStatus): Pick<NoticeTarget, 'verdict'> {
  if (gate?.verdict === undefined) return {};
  const judged = gate.comparisons.flatMap(({ endpoint, judgement }) =>
    (judgement?.metrics ?? []).map(({ name, reason }) => `${endpoint}, ${name}: ${reason}`),
  );
  const outcome = gate.outcome === undefined ? [] : [`The change is ${gate.outcome}.`];
  return { verdict: { verdict: gate.verdict, reason: gate.reason ?? '', lines: [...judged, ...outcome] } };
}

/** `upgrade istio 1.30.0 → 1.31.0`: what a rollout does, by the first target that it changes. */
export function actionOf({
  targets,
  purpose,
  mesh,
}: Pick<RolloutStatus, 'targets' | 'purpose' | 'mesh'>): string {
  const plans = targets.flatMap(({ plan }) => plan ?? []);
  const plan = plans.find(({ stages }) => stages.length > 0) ?? plans[0];
  if (plan !== undefined) return describeAction(plan);
  return mesh === undefined ? purpose : `${purpose} ${describeMesh(mesh)}`;
}

/** `local: 2 to create, 1 to update, 0 to delete`. */
export function plannedLine({ cluster, plan }: ChangeStatus): string[] {
  return plan === undefined ? [] : [`${cluster}: ${formatCounts(plan.counts)}`];
}
