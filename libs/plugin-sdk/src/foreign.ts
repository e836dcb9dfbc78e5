import { MeshwrightError } from '@meshwright/model';
import { ourManager } from './live/managers.ts';
import type { Installation, MeshChange } from './mesh.ts';

/** The version of an installation that says none. */
export const unknownVersion = 'unknown';

/** What a mesh's plugin knows of installations that others keep: data, and words for people. */
export interface ForeignRules {
  /** The mesh, and it with its article at the beginning of a sentence, such as `An Istio`. */
  mesh: { name: string; one: string };
  /** An installation in words. */
  describe: (installation: Installation) => string;
  /** Keepers that write what they keep again and again, by their name in `managedBy`: how to be rid of each. */
  operators: Readonly<Record<string, string>>;
  /** How an installation that says no version comes to say one. */
  versionRemedy: string;
}

/** Whether another tool keeps an installation. */
export function isForeign({ managedBy }: Installation): boolean {
  return managedBy !== ourManager;
}

/**
 * Refuses a change of what another tool keeps, or where a person asked for taking it over, of what cannot be taken over.
 * @throws MeshwrightError UNSUPPORTED or FOREIGN_INSTALLATION with the way out.
 */
export function refuseOtherKeepers(
  { snapshot, installations, adopt }: MeshChange,
  rules: ForeignRules,
): void {
  if (adopt) refuseAdoption(installations, snapshot.pattern.spec.mesh.version, rules);
  else refuseForeign(installations, rules);
}

/**
 * Refuses to take a mesh away whose CRDs another one of its kind shares.
 * @throws MeshwrightError FOREIGN_INSTALLATION while another tool keeps one beside ours.
 */
export function refuseSharedKinds(
  installations: readonly Installation[],
  { mesh, describe }: ForeignRules,
): void {
  const others = installations.filter(isForeign);
  if (others.length === 0 || others.length === installations.length) return;
  throw new MeshwrightError(
    'FOREIGN_INSTALLATION',
    `Another ${mesh.name} shares the CRDs with this one: ${others.map(describe).join('; ')}.`,
    { remedy: 'Remove it first with the tool that installed it.' },
  );
}

/** @throws MeshwrightError FOREIGN_INSTALLATION when another tool keeps a mesh of this kind on the cluster. */
export function refuseForeign(installations: Installation[], rules: ForeignRules): void {
  const foreign = installations.filter(isForeign);
  if (foreign.length === 0) return;
  refuseOperators(foreign, rules);
  throw foreignInstallation(foreign, rules, {
    lines: ['The fields of another tool would be conflicts, and its next run would take ours back.'],
    remedy:
      'Take it over with "meshwright adopt" and the name of the pattern, which restarts nothing; or leave this cluster out of the pattern.',
  });
}

/**
 * What can be taken over: one control plane that no operator keeps, in the version the pattern says.
 * @throws MeshwrightError UNSUPPORTED or FOREIGN_INSTALLATION with the way out.
 */
export function refuseAdoption(installations: Installation[], version: string, rules: ForeignRules): void {
  refuseOperators(installations.filter(isForeign), rules);
  const { mesh, describe, versionRemedy } = rules;
  const [only, ...more] = installations;
  if (only === undefined) {
    throw new MeshwrightError('UNSUPPORTED', `There is no ${mesh.name} on the cluster to take over.`, {
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
          ? `${versionRemedy}, and the same into mesh.version.`
          : `Write mesh.version: ${only.version}, adopt, and change the version by a later commit.`,
    },
  );
}

function refuseOperators(foreign: Installation[], rules: ForeignRules): void {
  const kept = foreign.find(({ managedBy }) => Object.hasOwn(rules.operators, managedBy));
  if (kept === undefined) return;
  const wayOut = rules.operators[kept.managedBy] ?? '';
  throw foreignInstallation(foreign, rules, {
    lines: [
      'An operator writes these objects again and again: two keepers would take turns, so it is never adopted.',
    ],
    remedy: `${wayOut}, or leave this cluster out of the pattern.`,
  });
}

function foreignInstallation(
  foreign: Installation[],
  { mesh, describe }: ForeignRules,
  details: { lines: string[]; remedy: string },
): MeshwrightError {
  return new MeshwrightError(
    'FOREIGN_INSTALLATION',
    `${mesh.one} that Meshwright did not install is on the cluster: ${foreign.map(describe).join('; ')}.`,
    details,
  );
}
