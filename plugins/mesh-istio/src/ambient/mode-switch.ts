import { MeshMode, MeshwrightError } from '@meshwright/model';
import {
  type ClusterPort,
  livePods,
  type MeshChange,
  type Pod,
  podsByNamespace,
  unsupported,
} from '@meshwright/plugin-sdk';
import { describe } from '../installed.ts';
import { isOwn } from '../outsiders.ts';
import { isManagedGateway, proxyImage } from '../sidecar.ts';
import type { Target } from '../target.ts';
import { isCaptured } from './labels.ts';

/**
 * Between sidecars and ambient mode a mesh only goes while no workload is in it: Istio's own migration keeps both data
 * planes side by side, namespace by namespace, and has no moment at which a rule for requests holds on both (Istio's
 * guide to migrating from sidecar to ambient mode). That is not done here, and so never by accident.
 * @throws MeshwrightError UNSUPPORTED with the way that is supported.
 */
export async function refuseModeSwitch(
  { from, version }: Target,
  { snapshot }: MeshChange,
  cluster: ClusterPort,
): Promise<void> {
  const { mesh } = snapshot.pattern.spec;
  if (from === undefined || from.mode === mesh.mode) return;
  const wanted = `the pattern asks for mode "${mesh.mode}"`;
  if (from.version !== version) {
    throw unsupported(
      `${describe(from)} runs in mode "${from.mode}", and ${wanted} of version ${version}.`,
      `Change one at a time: write mesh.version: ${from.version} first.`,
    );
  }
  const isMember = mesh.mode === MeshMode.ambient ? hasSidecar : isCaptured;
  const members = (await livePods(cluster)).filter(isMember);
  if (members.length === 0) return;
  throw new MeshwrightError(
    'UNSUPPORTED',
    `${describe(from)} runs in mode "${from.mode}" with workloads in it, and ${wanted}.`,
    {
      lines: podsByNamespace(members),
      remedy: `Three commits lead there: enroll: false for every namespace, then mesh.mode: ${mesh.mode}, then enroll: true again. Between the first and the last, these workloads talk in plain text and the mesh's policies do not hold.`,
    },
  );
}

function hasSidecar(pod: Pod): boolean {
  return proxyImage(pod) !== undefined && !isOwn(pod) && !isManagedGateway(pod);
}
