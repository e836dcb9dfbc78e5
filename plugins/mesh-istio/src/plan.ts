import { parse } from 'semver';
import { MeshMode, type MeshSpec, MeshwrightError, MutualTls, PlanAction } from '@meshwright/model';
import type { Installation, MeshChange, MeshPlan, PluginContext } from '@meshwright/plugin-sdk';
import { findLeftovers, unknownVersion } from './detect.ts';
import { ourManager, sailOperator } from './managers.ts';
import {
  type Action,
  Component,
  defaultRevision,
  gatewayNamespace,
  stages,
  systemNamespace,
} from './names.ts';
import { newestTried, sameNumbers } from './versions.ts';

/**
 * The stages that lead from what is there to the pattern: CRDs, the CNI agent before the control plane that counts on
 * it, the control plane, the gateway that its webhook injects; then, around the workloads, mutual TLS and the check of
 * every proxy (the order of Istio's Helm guide).
 * @throws MeshwrightError UNSUPPORTED or FOREIGN_INSTALLATION with the way out.
 */
export async function plan(change: MeshChange, context: PluginContext): Promise<MeshPlan> {
  const { mesh, security, workloads } = change.snapshot.pattern.spec;
  refuseUninjectable(workloads.filter(({ enroll }) => enroll).map(({ namespace }) => namespace));
  const action = actionFor(mesh, change.installations);
  const has = (component: Component) => mesh.components.includes(component);
  return {
    action,
    before: [
      stages.crds,
      ...(has(Component.cni) ? [stages.cni] : []),
      stages['control-plane'],
      ...(has(Component.gateway) ? [stages.gateway] : []),
    ],
    after: [...(security?.mtls === undefined ? [] : [stages.security]), stages.verify],
    warnings: [
      ...change.installations.flatMap(({ notes }) => notes),
      ...(action === PlanAction.install ? await findLeftovers(context.cluster) : []),
      ...versionWarnings(mesh),
      ...plainTextWarnings(change),
    ],
  };
}

/** Namespaces that istiod never injects into (pkg/kube/inject in istio/istio), and Istio's own. */
const uninjectable = new Set([
  'kube-system',
  'kube-public',
  'kube-node-lease',
  'local-path-storage',
  systemNamespace,
  gatewayNamespace,
]);

function refuseUninjectable(namespaces: string[]): void {
  const refused = namespaces.filter((namespace) => uninjectable.has(namespace));
  if (refused.length === 0) return;
  throw new MeshwrightError(
    'UNSUPPORTED',
    `Istio gives no sidecars to the namespace ${refused.join(', ')}.`,
    {
      remedy: 'Set enroll: false for it in the pattern.',
    },
  );
}

function actionFor(mesh: MeshSpec, installations: Installation[]): Action {
  const foreign = installations.filter(({ managedBy }) => managedBy !== ourManager);
  if (foreign.length > 0) throw foreignInstallation(foreign, mesh);
  const [ours, ...more] = installations;
  if (ours === undefined) return PlanAction.install;
  if (more.length > 0 || ours.revision !== defaultRevision || ours.namespace !== systemNamespace) {
    throw unsupported(
      `Meshwright finds its own Istio as ${installations.map(describe).join(' and ')}, and this release keeps one control plane, revision "${defaultRevision}", in ${systemNamespace}.`,
      'Remove the others with the release that installed them.',
    );
  }
  if (ours.mode !== MeshMode.sidecar) {
    throw unsupported(
      `${describe(ours)} runs in ambient mode.`,
      'This release runs Istio with sidecars only.',
    );
  }
  if (ours.version === mesh.version) return PlanAction.configure;
  if (ours.version === unknownVersion) {
    throw unsupported(
      `${describe(ours)} does not say its version.`,
      'Its Deployment lost the label app.kubernetes.io/version: put the running version back there.',
    );
  }
  throw unsupported(
    `The cluster runs Istio ${ours.version}, and the pattern asks for ${mesh.version}: upgrades are not in this release.`,
    `Keep mesh.version at ${ours.version}; a later release upgrades beside the running control plane, and nothing is overwritten until then.`,
  );
}

function foreignInstallation(foreign: Installation[], mesh: MeshSpec): MeshwrightError {
  const isSail = foreign.some(({ managedBy }) => managedBy === sailOperator);
  const same = foreign.every(({ version }) => sameNumbers(version, mesh.version));
  return new MeshwrightError(
    'FOREIGN_INSTALLATION',
    `An Istio that Meshwright did not install is on the cluster: ${foreign.map(describe).join('; ')}.`,
    {
      lines: [
        isSail
          ? 'An operator writes these objects again and again: two keepers would take turns, so it is never adopted.'
          : `This release adopts no installation${same ? ', although the version is the pattern’s' : ''}: the fields of another tool would be conflicts, and its next run would take ours back.`,
      ],
      remedy: isSail
        ? 'Remove its Istio resource and let the operator clean up, or leave this cluster out of the pattern.'
        : 'Uninstall it with the tool that keeps it and commit again, or leave this cluster out of the pattern.',
    },
  );
}

function describe({ version, revision, namespace, managedBy }: Installation): string {
  return `Istio ${version}, revision "${revision}", in ${namespace}, kept by ${managedBy}`;
}

function unsupported(message: string, remedy: string): MeshwrightError {
  return new MeshwrightError('UNSUPPORTED', message, { remedy });
}

function versionWarnings({ version }: MeshSpec): string[] {
  const { major, minor } = newestTried;
  const parsed = parse(version);
  if (parsed === null || parsed.major < major || (parsed.major === major && parsed.minor <= minor)) return [];
  return [`Istio ${version} is newer than ${major}.${minor}, the newest that was tried with this release.`];
}

function plainTextWarnings({ snapshot }: MeshChange): string[] {
  const { security, workloads } = snapshot.pattern.spec;
  const outside = workloads.filter(({ enroll }) => !enroll).map(({ namespace }) => namespace);
  if (security?.mtls !== MutualTls.strict || outside.length === 0) return [];
  return [
    `Workloads of ${outside.join(', ')} are not enrolled: with strict mutual TLS they reach no enrolled workload.`,
  ];
}
