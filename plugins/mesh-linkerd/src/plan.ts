import { MeshwrightError, MutualTls, PlanAction, type PreflightCheck, Purpose } from '@meshwright/model';
import {
  type ClusterPort,
  type MeshChange,
  type MeshPlan,
  type MeshStage,
  type MeshTarget,
  type PlanningContext,
  refuseUninjectable,
  rollBackWarnings,
  unsupported,
  valueAt,
} from '@meshwright/plugin-sdk';
import { outdatedWorkloads, reissuedParts, uninjectable } from './enrollment.ts';
import { chartOf, charts, Component, stages } from './names.ts';
import { proxiedPods } from './proxies.ts';
import { targetOf } from './target.ts';
import { readLiveTrust } from './trust/live.ts';
import { expiryCheck, refuseUnsafeRotation } from './trust/rotation.ts';
import { type Trust, trustOf } from './trust/trust.ts';
import { planUninstall } from './uninstall.ts';
import { hasForeignGatewayApi } from './values.ts';
import { isOlder, newestTried } from './versions.ts';

/**
 * The stages that lead from what is there to the pattern, in the order of Linkerd's upgrade guide: CRDs, control plane,
 * workloads, extensions.
 * @throws MeshwrightError UNSUPPORTED, PREFLIGHT_FAILED or FOREIGN_INSTALLATION with the way out.
 */
export async function plan(change: MeshChange, context: PlanningContext): Promise<MeshPlan> {
  if (change.purpose === Purpose.uninstall) return planUninstall(change, context);
  const { mesh, workloads, security } = change.snapshot.pattern.spec;
  const target = targetOf(change);
  refuseUninjectable(workloads, 'Linkerd', uninjectable);
  refusePlainText(security?.mtls, mesh.values['linkerd-control-plane']);
  const trust = await trustOf(change, context);
  const [live, pods] = await Promise.all([readLiveTrust(context.cluster), proxiedPods(context.cluster)]);
  refuseUnsafeRotation({ wanted: trust, live, pods });
  const reissued = change.adopt ? [] : await reissuedParts(trust.revision, context.cluster);
  const { action, version } = target;
  const goesBack = action === PlanAction.rollBack;
  return {
    action,
    version,
    revision: trust.revision,
    prepare: goesBack ? [] : [stages.crds],
    switchOver: [
      { ...stages['control-plane'], requires: 'the API server serves Linkerd’s kinds' },
      ...(reissued.length === 0
        ? []
        : [{ ...stages.reissue, requires: 'the new issuer signs', restarts: reissued }]),
    ],
    settle: [
      ...(goesBack ? [stages.crds] : []),
      ...(await extensionStages(target, { change, trust, context })),
      stages.verify,
    ],
    preflight: [expiryCheck(trust, Date.now()), await gatewayApiCheck(context.cluster)],
    confirmations: [],
    warnings: [
      ...change.installations.flatMap(({ notes }) => notes),
      ...rollBackWarnings('Linkerd', target),
      ...versionWarnings(version),
      ...multiclusterWarnings(change, trust),
    ],
  };
}

interface Planned {
  change: MeshChange;
  trust: Trust;
  context: PlanningContext;
}

/**
 * Extensions come once the injector is there. A new version rolls their pods by itself; where only what proxies believe
 * changes, they restart like other workloads.
 */
async function extensionStages(
  target: MeshTarget,
  { change, trust, context }: Planned,
): Promise<MeshStage[]> {
  const { mesh } = change.snapshot.pattern.spec;
  const components = Object.values(Component).filter((component) => mesh.components.includes(component));
  const restarting = target.from?.version === target.version && !change.adopt;
  return Promise.all(
    components.map(async (component) => {
      const { namespace } = charts[chartOf[component]];
      const wanted = { version: target.version, revision: trust.revision };
      const restarts = restarting ? await outdatedWorkloads([namespace], wanted, context.cluster) : [];
      return { ...stages[component], requires: 'the control plane injects', restarts };
    }),
  );
}

/** @throws MeshwrightError UNSUPPORTED where mutual TLS is to be off, or said twice. */
function refusePlainText(mtls: MutualTls | undefined, values: unknown): void {
  if (mtls === undefined) return;
  if (mtls === MutualTls.disabled) {
    throw unsupported(
      'Meshed workloads always speak mutual TLS with each other in Linkerd.',
      'Write security.mtls: permissive, which takes plain text from outside of the mesh, or leave it out.',
    );
  }
  const given = valueAt(values, 'proxy.defaultInboundPolicy');
  if (given === undefined) return;
  throw unsupported(
    'Both security.mtls and proxy.defaultInboundPolicy of linkerd-control-plane say whom workloads answer.',
    'Keep one of the two.',
  );
}

async function gatewayApiCheck(cluster: ClusterPort): Promise<PreflightCheck> {
  const title = 'Gateway API';
  if (!(await hasForeignGatewayApi(cluster)))
    return { title, state: 'passed', note: 'its CRDs come with Linkerd’s' };
  if (await cluster.serves('gateway.networking.k8s.io/v1', 'HTTPRoute'))
    return { title, state: 'passed', note: 'its CRDs are there, and somebody else’s' };
  throw new MeshwrightError(
    'PREFLIGHT_FAILED',
    'The Gateway API on the cluster does not serve HTTPRoute as v1, which Linkerd reads.',
    {
      remedy: 'Upgrade its CRDs to 1.1.1 or later.',
    },
  );
}

function versionWarnings(version: string): string[] {
  if (!isOlder(newestTried, version)) return [];
  return [`Linkerd ${version} is newer than ${newestTried}, the newest that was tried with this release.`];
}

function multiclusterWarnings({ snapshot }: MeshChange, { numbers }: Trust): string[] {
  const { components } = snapshot.pattern.spec.mesh;
  if (numbers === undefined || !components.includes(Component.multicluster)) return [];
  return [
    'Clusters that are linked must believe a common trust anchor, and this target has one of its own: give it as identityTrustAnchorsPEM.',
  ];
}
