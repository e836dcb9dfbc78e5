import type { Scene } from '@meshwright/quickstart/test-support';
import { ISTIO_UPGRADE_VERSION, ISTIO_VERSION } from '@meshwright/testbed';
import { stringify } from 'yaml';
import { patternName, workloadsOf } from '../scenario/manifests.ts';
import { Operation } from '../scenario/faults.ts';
import type { Desired, Step } from '../scenario/scenario.ts';

/** A commit of the pattern. */
export interface Commit {
  pattern: string;
  commit: string;
}

/** Commits what is wanted. */
export async function commitWanted(
  { patterns }: Scene,
  wanted: Desired,
  how: Pick<Step, 'operation' | 'approval'> & { amend?: boolean },
): Promise<Commit> {
  const options = how.amend === true ? ['--amend'] : [];
  const commit = await patterns.commitFiles(filesOf(wanted, how), ...options);
  return { pattern: patternName, commit };
}

function filesOf(wanted: Desired, { operation, approval }: Pick<Step, 'operation' | 'approval'>) {
  const manifests = workloadsOf(wanted, { refused: operation === Operation.fail });
  const pattern = {
    apiVersion: 'meshwright.dev/v1alpha1',
    kind: 'Pattern',
    // A commit that says the same as the one before it would be no change of the pattern.
    metadata: { name: patternName, labels: { made: String(Date.now()) } },
    spec: {
      targets: [{ cluster: 'local' }],
      mesh: { type: 'istio', version: versionOf(wanted), mode: 'sidecar' },
      workloads: [{ namespace: patternName, enroll: true, manifests: ['apps/*.yaml'] }],
      approval: { required: approval },
    },
  };
  return {
    [`patterns/${patternName}.yaml`]: stringify(pattern),
    'apps/objects.yaml': manifests.map((manifest) => stringify(manifest)).join('---\n'),
  };
}

/** The version of Istio. */
export function versionOf({ version }: Desired): string {
  return version === 'old' ? ISTIO_VERSION : ISTIO_UPGRADE_VERSION;
}
