import {
  MeshMode,
  type MeshwrightError,
  type MeshSpec,
  PlanAction,
  UpgradeStrategy,
} from '@meshwright/model';
import {
  type Installation,
  type MeshChange,
  type MeshTarget,
  refuseOtherKeepers,
  unknownVersion,
  unsupported,
} from '@meshwright/plugin-sdk';
import { foreignRules } from './foreign.ts';
import { describe } from './installed.ts';
import { systemNamespace } from './names.ts';
import { defaultRevision, revisionOfVersion } from './revisions.ts';
import { isOlder, stepsBetween } from './skew.ts';

/** Where a change leads; `from` is the control plane that new workloads join now. */
export interface Target extends MeshTarget {
  revision: string;
  /** Control planes that the change leaves without a proxy, and the engine deletes at its end. */
  retired: Installation[];
}

/**
 * Where a change leads from what is there, which may be the middle of a change that was interrupted: then a control
 * plane of the wanted version is among the installations already. Pure.
 * @throws MeshwrightError UNSUPPORTED or FOREIGN_INSTALLATION with the way out.
 */
export function targetOf(change: MeshChange): Target {
  const { snapshot, installations, adopt } = change;
  const { mesh } = snapshot.pattern.spec;
  refuseOtherKeepers(change, foreignRules);
  for (const installation of installations) refuseElsewhere(installation);
  if (adopt) refuseOtherMode(installations, mesh);
  const [from] = installations;
  const revision = revisionFor(mesh, installations);
  const retired = installations.filter((installation) => installation.revision !== revision);
  const { version } = mesh;
  if (from === undefined) return { action: PlanAction.install, version, revision, retired };
  return { action: adopt ? PlanAction.adopt : actionFrom(from, mesh), version, revision, from, retired };
}

/** Whether the control plane of the target stands beside the one that new workloads join until then. */
export function isBeside({ from, revision }: Target): boolean {
  return from?.revision !== revision;
}

function refuseElsewhere(installation: Installation): void {
  if (installation.namespace === systemNamespace) return;
  throw unsupported(
    `${describe(installation)} is not in ${systemNamespace}, the only namespace this plugin keeps a control plane in.`,
    'Remove it with the tool that installed it.',
  );
}

/** What is taken over stays as it runs; of our own, see `refuseModeSwitch`. */
function refuseOtherMode(installations: Installation[], mesh: MeshSpec): void {
  const other = installations.find(({ mode }) => mode !== mesh.mode);
  if (other === undefined) return;
  throw unsupported(
    `${describe(other)} runs in mode "${other.mode}", and the pattern asks for "${mesh.mode}".`,
    `Write mesh.mode: ${other.mode}.`,
  );
}

/** The revision the target has afterwards: that of a control plane of the same version, or one of its own. */
function revisionFor(mesh: MeshSpec, installations: Installation[]): string {
  const same = installations.find(({ version }) => version === mesh.version);
  if (same !== undefined) return same.revision;
  if (mesh.upgrade === UpgradeStrategy.inPlace) return revisionInPlace(mesh, installations);
  const revision = revisionOfVersion(mesh.version);
  const holder = installations.find((installation) => installation.revision === revision);
  if (holder === undefined) return revision;
  throw unsupported(
    `${describe(holder)} has the revision that version ${mesh.version} would get.`,
    'Its Deployment says the version in the label app.kubernetes.io/version: put the running version back there.',
  );
}

function revisionInPlace({ version }: MeshSpec, [from]: Installation[]): string {
  if (from === undefined || from.revision === defaultRevision) return defaultRevision;
  throw unsupported(
    `${describe(from)} has a revision of its own, and such a control plane is never upgraded in place: Istio's own tools refuse it too.`,
    `Write mesh.upgrade: ${UpgradeStrategy.canary} to put Istio ${version} beside it.`,
  );
}

function actionFrom(from: Installation, { version, upgrade, mode }: MeshSpec): PlanAction {
  if (from.version === version) return PlanAction.configure;
  if (from.version === unknownVersion) {
    throw unsupported(
      `${describe(from)} does not say its version.`,
      'Its Deployment lost the label app.kubernetes.io/version: put the running version back there.',
    );
  }
  // The node parts of an ambient mesh are replaced in place, whatever becomes of the control plane.
  const strategy = mode === MeshMode.ambient ? UpgradeStrategy.inPlace : upgrade;
  const steps = stepsBetween(from.version, version, strategy);
  if (steps === undefined) {
    throw unsupported(
      `There is no supported way from Istio ${from.version} to ${version}.`,
      `Keep mesh.version at ${from.version}.`,
    );
  }
  if (steps.length > 1) throw tooFar(from.version, steps, mode === MeshMode.ambient ? mode : upgrade);
  return isOlder(version, from.version) ? PlanAction.rollBack : PlanAction.upgrade;
}

function tooFar(
  from: string,
  steps: string[],
  how: UpgradeStrategy | typeof MeshMode.ambient,
): MeshwrightError {
  return unsupported(
    `Istio ${from} does not change to ${steps.at(-1)} at once: a change crosses at most ${reach[how]}.`,
    `Go step by step, each a commit of its own: ${[from, ...steps].join(' -> ')}.`,
  );
}

const reach = {
  [UpgradeStrategy.canary]: 'two minor versions beside the running control plane',
  [UpgradeStrategy.inPlace]: 'one minor version in place of the running control plane',
  [MeshMode.ambient]:
    'one minor version in ambient mode, for CNI agents and node proxies work with no newer control plane',
};
