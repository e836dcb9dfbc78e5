import { createHash } from 'node:crypto';
import {
  type Digest,
  noChanges,
  type PlanChangeInput,
  type PlanSummary,
  type RolloutInput,
  type TargetActivities,
} from '@meshwright/model';
import { scheduledAt } from '@meshwright/temporal';

const cluster = 'parked';
const dayInSeconds = 24 * 60 * 60;

/**
 * One of many rollouts that ask for an approval. Each is of a mesh of its own: two of one mesh and cluster would wait
 * for each other, because changes of one mesh exclude each other.
 */
export function waitingRollout(number: number): RolloutInput {
  const pattern = `pattern-${number}`;
  const id = createHash('sha1').update(pattern).digest('hex');
  return {
    repository: 'patterns',
    commit: {
      id,
      author: 'Ann Author',
      authorEmail: 'ann@example.com',
      contributors: [],
      subject: `Change ${pattern}`,
      committedAt: Date.now(),
    },
    path: `patterns/${pattern}.yaml`,
    pattern,
    valid: {
      snapshot: digestOf(pattern),
      mesh: { type: `mesh-${number}`, version: '1.31.0' },
      targets: [{ cluster, wave: 1 }],
      onFailure: 'rollback',
      approval: {
        required: true,
        approvers: [],
        quorum: 1,
        requiredGroups: [],
        betweenWaves: false,
        expiresAfterSeconds: dayInSeconds,
      },
    },
    diagnostics: [],
    purpose: 'apply',
  };
}

/** What a decision on the rollout must name: the digest of its only plan. */
export function subjectOf({ pattern }: Pick<RolloutInput, 'pattern'>): Digest {
  return digestOf(`plan of ${pattern}`);
}

/** The agent of the rollouts' cluster, which does nothing and says when it was asked for the first stage of a change. */
export interface IdleAgent {
  cluster: string;
  activities: TargetActivities;
  /** When Temporal scheduled the first stage of a plan, milliseconds since 1970. */
  firstStage(plan: Digest): Promise<number>;
}

/** An agent whose plans have the stages of a change of configuration, and whose stages are done at once. */
export function idleAgent(): IdleAgent {
  const first = new Map<Digest, PromiseWithResolvers<number>>();
  const of = (plan: Digest): PromiseWithResolvers<number> => {
    const known = first.get(plan) ?? Promise.withResolvers<number>();
    first.set(plan, known);
    return known;
  };
  return {
    cluster,
    firstStage: (plan) => of(plan).promise,
    activities: {
      planChange: (input) => Promise.resolve(planFor(input)),
      applyStage({ plan }) {
        // The stages after the first find it settled.
        of(plan).resolve(Date.parse(scheduledAt()));
        return Promise.resolve({ note: 'applied' });
      },
      verifyStage: () => Promise.resolve({ note: 'healthy' }),
      openProbes: () => Promise.resolve({ note: '' }),
      closeProbes: () => Promise.resolve({ note: '' }),
      concludeChange: () => Promise.resolve(),
      listOwned: () => Promise.resolve({ total: 0, sample: [], removal: '' }),
    },
  };
}

const stageIds = ['configuration', 'verify', 'prune'];

function planFor({ pattern, purpose }: PlanChangeInput): PlanSummary {
  const counts = { ...noChanges, update: 5 };
  const stages = stageIds.map((id) => ({
    id,
    title: `The stage ${id}`,
    kind: 'apply' as const,
    timeoutSeconds: 60,
    counts,
    restarts: 0,
  }));
  const rollback = stages
    .toReversed()
    .map((stage) => ({ ...stage, id: `undo-${stage.id}`, undoes: [stage.id] }));
  return {
    digest: subjectOf({ pattern }),
    cluster,
    purpose,
    mesh: { type: 'istio', version: '1.31.0', mode: 'sidecar', revision: '1-31-0', enrolledNamespaces: [] },
    action: 'configure',
    stages,
    rollback,
    counts: { ...noChanges, update: 5 * stageIds.length },
    blastRadius: { namespaces: [], workloads: 0, pods: 0 },
    restarts: 0,
    confirmations: [],
    warnings: [],
  };
}

function digestOf(text: string): Digest {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
