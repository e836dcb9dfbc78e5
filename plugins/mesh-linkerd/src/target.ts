import { type MeshwrightError, type MeshSpec, PlanAction } from '@meshwright/model';
import {
  type Installation,
  type MeshChange,
  type MeshTarget,
  minorsBetween,
  refuseOtherKeepers,
  unknownVersion,
  unsupported,
} from '@meshwright/plugin-sdk';
import { describe, foreignRules } from './installed.ts';
import { systemNamespace } from './names.ts';
import { edgeOfVersion, isOlder, lineOf } from './versions.ts';

/**
 * Where a change leads from what is there. Linkerd has one control plane, which is always replaced in place. Pure.
 * @throws MeshwrightError UNSUPPORTED or FOREIGN_INSTALLATION with the way out.
 */
export function targetOf(change: MeshChange): MeshTarget {
  const { snapshot, installations, adopt } = change;
  const { mesh } = snapshot.pattern.spec;
  refuseOtherKeepers(change, foreignRules);
  const [from, ...more] = installations;
  for (const installation of more) throw elsewhere(installation);
  const { version } = mesh;
  if (from === undefined) return { action: PlanAction.install, version };
  if (from.namespace !== systemNamespace) throw elsewhere(from);
  return { action: adopt ? PlanAction.adopt : actionFrom(from, mesh), version, from };
}

function actionFrom(from: Installation, { version }: MeshSpec): PlanAction {
  if (from.version === version) return PlanAction.configure;
  if (from.version === unknownVersion) {
    throw unsupported(
      `${describe(from)} does not say its version.`,
      'Put it back into the label app.kubernetes.io/version of the Deployment linkerd-destination, as edge-26.8.3.',
    );
  }
  refuseSkew(from.version, version);
  return isOlder(version, from.version) ? PlanAction.rollBack : PlanAction.upgrade;
}

/**
 * Proxies work with a control plane of the line before or after theirs, and no further (linkerd.io, "Upgrading Linkerd");
 * in the middle of a change both are there.
 */
function refuseSkew(from: string, to: string): void {
  const stops = minorsBetween(lineOf(from), lineOf(to), 1);
  if (stops?.length === 0) return;
  const ways = (stops ?? []).map((stop) => stop.replace('.x', ''));
  throw unsupported(
    `Linkerd ${from} does not change to ${to} at once: ${named(from)} and ${named(to)} are more than one line of versions apart.`,
    `Go step by step, each a commit of its own, by an edge release of ${ways.join(', then of ')}.`,
  );
}

function named(version: string): string {
  const { major, minor } = lineOf(version);
  return `${edgeOfVersion(version)} (${major}.${minor})`;
}

function elsewhere(installation: Installation): MeshwrightError {
  return unsupported(
    `${describe(installation)} is not the one control plane in ${systemNamespace} that this plugin keeps.`,
    'Remove it with the tool that installed it.',
  );
}
