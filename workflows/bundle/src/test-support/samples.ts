import { createHash } from 'node:crypto';
import {
  noChanges,
  type CommitInfo,
  type Digest,
  type PlanChangeInput,
  type PlanSummary,
  type RolloutInput,
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
  } = {},
): RolloutInput {
  const { subject = `Change ${pattern}`, targets = [{ cluster: 'local', wave: 1 }], approval = {} } = options;
  return {
    repository: 'patterns',
    commit: sampleCommit(subject),
    path: `${pattern}.yaml`,
    pattern,
    valid: {
      snapshot: digestOf(`${pattern} ${subject}`),
      mesh: { type: 'istio', version: '1.31.0' },
      targets,
      approval: { required: false, approvers: [], quorum: 1, expiresAfterSeconds: 3_600, ...approval },
    },
    diagnostics: [],
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

/** A plan of two stages, whose digest depends on what it was made from and on a word. */
export function samplePlan({ cluster, pattern, commit }: PlanChangeInput, word = ''): PlanSummary {
  const counts = { ...noChanges, create: 3 };
  const stage = { timeoutSeconds: 60, restarts: 0 };
  return {
    digest: digestOf([cluster, pattern, commit, word].join('\n')),
    cluster,
    mesh: { type: 'istio', version: '1.31.0', mode: 'sidecar' },
    action: 'install',
    stages: [
      { id: 'base', title: 'Custom resource definitions', kind: 'apply', counts, ...stage },
      { id: 'control-plane', title: 'Control plane', kind: 'apply', counts, ...stage },
    ],
    counts: { ...noChanges, create: 6 },
    restarts: 0,
    warnings: [],
  };
}
