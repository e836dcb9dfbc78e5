import { compare, parse } from 'semver';
import { PlanAction } from '@meshwright/model';
import {
  type Installation,
  type MeshChange,
  type MeshTarget,
  minorsBetween,
  refuseOtherKeepers,
  unknownVersion,
  unsupported,
} from '@meshwright/plugin-sdk';
import { foreignRules } from './foreign.ts';
import { describe } from './installed.ts';
import { systemNamespace } from './names.ts';

/** How many minor versions a change may cross at once, up or down (Cilium's upgrade guide). */
const reach = 1;

/**
 * Where a change leads from what is there; pure.
 * @throws MeshwrightError UNSUPPORTED or FOREIGN_INSTALLATION with the way out.
 */
export function targetOf(change: MeshChange): MeshTarget {
  const { snapshot, installations, adopt } = change;
  const { version } = snapshot.pattern.spec.mesh;
  refuseSeveral(installations);
  refuseOtherKeepers(change, foreignRules);
  const [from] = installations;
  if (from === undefined) return { action: PlanAction.install, version };
  refuseElsewhere(from);
  return { action: adopt ? PlanAction.adopt : actionFrom(from, version), version, from };
}

function refuseSeveral(installations: Installation[]): void {
  if (installations.length < 2) return;
  throw unsupported(
    `There is more than one Cilium on the cluster, and a node has one CNI plugin: ${installations.map(describe).join('; ')}.`,
    'Remove those that are not in use with the tools that installed them.',
  );
}

function refuseElsewhere(installation: Installation): void {
  if (installation.namespace === systemNamespace) return;
  throw unsupported(
    `${describe(installation)} is not in ${systemNamespace}, the only namespace this plugin keeps it in.`,
    'Leave this cluster out of the pattern: a CNI plugin is not moved while pods run.',
  );
}

function actionFrom(from: Installation, version: string): PlanAction {
  if (from.version === version) return PlanAction.configure;
  const [start, end] = [parse(from.version), parse(version)];
  if (from.version === unknownVersion || start === null || end === null) {
    throw unsupported(`${describe(from)} does not say its version.`, `${foreignRules.versionRemedy}.`);
  }
  const stops = minorsBetween(start, end, reach);
  if (stops === undefined) {
    throw unsupported(
      `There is no supported way from Cilium ${from.version} to ${version}.`,
      `Keep mesh.version at ${from.version}.`,
    );
  }
  if (stops.length > 0) {
    throw unsupported(
      `Cilium ${from.version} does not change to ${version} at once: a change crosses at most one minor version.`,
      `Go step by step, each a commit of its own: ${[from.version, ...stops, version].join(' -> ')}.`,
    );
  }
  return compare(version, from.version) < 0 ? PlanAction.rollBack : PlanAction.upgrade;
}
