import { createHash } from 'node:crypto';
import {
  noChanges,
  type CommitInfo,
  type Digest,
  type OnFailure,
  type PlanChangeInput,
  type PlanSummary,
  type Purpose,
  type RolloutInput,
  type RolloutRequest,
  type ValidPattern,
} from '@meshwright/model';

/** A digest that depends on the text alone. */
export function digestOf(text: string): Digest {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

/** A commit whose id depends on its subject alone. */
export function sampleCommit(subject: string): CommitInfo {
  const id = createHash('sha1').update(subject).digest('hex');
  return {
    id,
    author: 'Ann Author',
    authorEmail: 'ann@example.com',
    contributors: [],
    subject,
    committedAt: 1_790_000_000_000,
  };
}

/** An input of a valid pattern for istio; approval is not required unless asked for. */
export function sampleRollout(
  pattern: string,
  options: {
    subject?: string;
    targets?: ValidPattern['targets'];
    approval?: Partial<ValidPattern['approval']>;
    onFailure?: OnFailure;
    purpose?: Purpose;
    request?: RolloutRequest;
    channels?: string[];
  } = {},
): RolloutInput {
  const { subject = `Change ${pattern}`, targets = [{ cluster: 'local', wave: 1 }], approval = {} } = options;
  const { onFailure = 'rollback', purpose = 'apply', request, channels } = options;
  return {
    repository: 'patterns',
    commit: sampleCommit(subject),
    path: `${pattern}.yaml`,
    pattern,
    valid: {
      snapshot: digestOf(`${pattern} ${subject}`),
      mesh: { type: 'istio', version: '1.31.0' },
      targets,
      onFailure,
      approval: {
        required: false,
        betweenWaves: false,
        approvers: [],
        quorum: 1,
        requiredGroups: [],
        expiresAfterSeconds: 3_600,
        ...approval,
      },
    },
    diagnostics: [],
    purpose,
    ...(request === undefined ? {} : { request }),
    ...(channels === undefined ? {} : { channels }),
  };
}

/** An input of a file that is not a valid pattern. */
export function invalidRollout(pattern: string): RolloutInput {
  const { valid, ...rest } = sampleRollout(pattern);
  return {
    ...rest,
    diagnostics: [
      {
        code: 'UNKNOWN_FIELD',
        severity: 'error',
        message: `unknown field "targetz" in the pattern for ${valid?.mesh.type ?? 'no mesh'}`,
        file: `${pattern}.yaml`,
        line: 3,
        column: 5,
        source: '    targetz: []',
        suggestion: 'Did you mean "targets"?',
      },
    ],
  };
}

/**
 * A plan of two stages with a way back for each, whose digest depends on what it was made from and on a word; one of an
 * uninstall has no way back.
 */
export function samplePlan(
  { cluster, pattern, commit, purpose }: Pick<PlanChangeInput, 'cluster' | 'pattern' | 'commit' | 'purpose'>,
  word = '',
): PlanSummary {
  const counts = { ...noChanges, create: 3 };
  const stage = { timeoutSeconds: 60, restarts: 0, kind: 'apply' as const, counts };
  const back = { ...stage, counts: { ...noChanges, delete: 3 } };
  return {
    digest: digestOf([cluster, pattern, commit, purpose, word].join('\n')),
    cluster,
    purpose,
    mesh: { type: 'istio', version: '1.31.0', mode: 'sidecar', revision: '1-31-0', enrolledNamespaces: [] },
    action: purpose === 'uninstall' ? 'uninstall' : 'install',
    stages: [
      { id: 'base', title: 'Custom resource definitions', ...stage },
      { id: 'control-plane', title: 'Control plane', ...stage },
    ],
    rollback:
      purpose === 'uninstall'
        ? []
        : [
            {
              id: 'undo-control-plane',
              title: 'Take back: Control plane',
              undoes: ['control-plane'],
              ...back,
            },
            { id: 'undo-base', title: 'Take back: Custom resource definitions', undoes: ['base'], ...back },
          ],
    counts: { ...noChanges, create: 6 },
    blastRadius: { namespaces: [], workloads: 0, pods: 0 },
    restarts: 0,
    confirmations: [],
    warnings: [],
  };
}
