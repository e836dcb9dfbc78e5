import { MeshwrightError, type PreflightCheck } from '@meshwright/model';
import type { ClusterPort, MeshChange } from '@meshwright/plugin-sdk';
import { targetOf } from '../target.ts';
import { encryption } from './encryption.ts';
import type { Rule } from './finding.ts';
import { gatewayApi } from './gateway-api.ts';
import { kubernetesVersion } from './kubernetes-version.ts';
import { policies } from './policies.ts';
import { services } from './services.ts';

const rules: readonly Rule[] = [kubernetesVersion, services, encryption, gatewayApi, policies];

/**
 * Looks at the cluster before anything changes, for what the change would fail at or break in silence.
 * @throws MeshwrightError PREFLIGHT_FAILED with a line for each thing that must be mended first.
 */
export async function preflight(change: MeshChange, cluster: ClusterPort): Promise<PreflightCheck[]> {
  const target = targetOf(change);
  const found = await Promise.all(
    rules.map(async ({ title, look }) => ({ title, finding: await look(change, target, cluster) })),
  );
  const failures = found.flatMap(({ finding }) => finding.failures);
  if (failures.length > 0) {
    throw new MeshwrightError(
      'PREFLIGHT_FAILED',
      `Cilium ${target.version} cannot be put on this cluster yet.`,
      {
        lines: failures,
        remedy: 'Mend these first, then commit again or retry.',
      },
    );
  }
  return found.map(({ title, finding: { warnings, looked } }) => ({
    title,
    state: warnings.length === 0 ? 'passed' : 'warning',
    note: warnings.length === 0 ? looked : warnings.join('; '),
  }));
}
