import type { MeshSpec, PatternSnapshot, PatternSpec } from '@meshwright/model';
import type { Installation, MeshChange } from '@meshwright/plugin-sdk';

/** A mesh section that says no more than it must; sidecars, and upgraded in place, unless it is told otherwise. */
export function sampleMesh(mesh: Pick<MeshSpec, 'type' | 'version'> & Partial<MeshSpec>): MeshSpec {
  return { mode: 'sidecar', upgrade: 'in-place', components: [], values: {}, ...mesh };
}

/** What a sample of a pattern says, and what its globs found. */
export interface SampleContent extends Partial<Omit<PatternSnapshot, 'pattern'>> {
  spec: Partial<PatternSpec> & Pick<PatternSpec, 'mesh'>;
}

/**
 * A pattern of this name for one target, with the content that is given and otherwise as a pattern is that says nothing
 * more: no approval, and a change that fails is rolled back. Its workloads are those of the content unless its
 * specification names others.
 */
export function sampleSnapshot(name: string, { spec, ...given }: SampleContent): PatternSnapshot {
  const content = { workloads: [], traffic: [], resources: [], ...given };
  return {
    path: `patterns/${name}.yaml`,
    pattern: {
      apiVersion: 'meshwright.dev/v1alpha1',
      kind: 'Pattern',
      metadata: { name },
      spec: {
        targets: [{ cluster: 'local', wave: 1 }],
        workloads: content.workloads.map(({ namespace, enroll }) => ({
          namespace,
          enroll,
          waypoint: false,
          manifests: [],
        })),
        traffic: [],
        resources: [],
        change: { onFailure: 'rollback', conflicts: 'refuse', deleteBudget: 50, restartsAtOnce: 5 },
        approval: {
          required: false,
          approvers: [],
          quorum: 1,
          requiredGroups: [],
          betweenWaves: false,
          expiresAfterSeconds: 60,
        },
        ...spec,
      },
    },
    ...content,
  };
}

/** A change to be applied, of nothing that is there unless it is told. */
export function sampleChange(
  snapshot: PatternSnapshot,
  rest: Partial<Omit<MeshChange, 'snapshot'>> = {},
): MeshChange {
  return { snapshot, installations: [], purpose: 'apply', adopt: false, ...rest };
}

/** A healthy installation of Meshwright's own, without a revision. */
export function sampleInstallation(
  of: Pick<Installation, 'version' | 'namespace'> & Partial<Installation>,
): Installation {
  return { revision: 'default', mode: 'sidecar', managedBy: 'meshwright', healthy: true, notes: [], ...of };
}
