import { MeshwrightError, type MeshSpec } from '@meshwright/model';
import { type Installation, ourManager } from '@meshwright/plugin-sdk';
import { describe, unknownVersion } from './installed.ts';
import { sailOperator } from './managers.ts';

/** @throws MeshwrightError FOREIGN_INSTALLATION when another tool keeps an Istio on the cluster. */
export function refuseForeign(installations: Installation[]): void {
  const foreign = installations.filter(isForeign);
  if (foreign.length === 0) return;
  if (foreign.some(isSail)) throw operatorsInstallation(foreign);
  throw foreignInstallation(foreign, {
    lines: ['The fields of another tool would be conflicts, and its next run would take ours back.'],
    remedy:
      'Take it over with "meshwright adopt" and the name of the pattern, which restarts nothing; or leave this cluster out of the pattern.',
  });
}

/**
 * What can be taken over: one control plane that no operator keeps, in the version the pattern says.
 * @throws MeshwrightError UNSUPPORTED or FOREIGN_INSTALLATION with the way out.
 */
export function refuseAdoption(installations: Installation[], { version }: MeshSpec): void {
  const [only, ...more] = installations;
  if (installations.some(isSail)) throw operatorsInstallation(installations.filter(isForeign));
  if (only === undefined) {
    throw new MeshwrightError('UNSUPPORTED', 'There is no Istio on the cluster to take over.', {
      remedy: 'Commit the pattern, or retry its rollout: that installs it.',
    });
  }
  if (more.length > 0) {
    throw new MeshwrightError(
      'UNSUPPORTED',
      `There are several control planes, and only one can be taken over: ${installations.map(describe).join('; ')}.`,
      { remedy: 'Finish the upgrade with the tool that began it, and retire the others.' },
    );
  }
  if (only.version === version) return;
  throw new MeshwrightError(
    'UNSUPPORTED',
    `${describe(only)} is taken over as it runs, and the pattern says ${version}.`,
    {
      remedy:
        only.version === unknownVersion
          ? 'Put its version into the label app.kubernetes.io/version of its Deployment, and the same into mesh.version.'
          : `Write mesh.version: ${only.version}, adopt, and change the version by a later commit.`,
    },
  );
}

function operatorsInstallation(foreign: Installation[]): MeshwrightError {
  return foreignInstallation(foreign, {
    lines: [
      'An operator writes these objects again and again: two keepers would take turns, so it is never adopted.',
    ],
    remedy:
      'Remove its Istio resource and let the operator clean up, or leave this cluster out of the pattern.',
  });
}

function foreignInstallation(
  foreign: Installation[],
  details: { lines: string[]; remedy: string },
): MeshwrightError {
  return new MeshwrightError(
    'FOREIGN_INSTALLATION',
    `An Istio that Meshwright did not install is on the cluster: ${foreign.map(describe).join('; ')}.`,
    details,
  );
}

function isForeign({ managedBy }: Installation): boolean {
  return managedBy !== ourManager;
}

function isSail({ managedBy }: Installation): boolean {
  return managedBy === sailOperator;
}
