import {
  healthy,
  ourManager,
  type PluginContext,
  podName,
  type Verification,
  type VerifyChange,
  waitingFor,
} from '@meshwright/plugin-sdk';
import { detect } from '../detect.ts';
import { proxiedPods } from '../outsiders.ts';
import { proxyRevision } from '../sidecar.ts';

/**
 * No pod anywhere on the cluster takes its configuration from a control plane that the change retires: that of before,
 * or another one of ours that an interrupted change left.
 */
export async function checkRetiring(
  { mesh, before }: VerifyChange,
  { cluster }: PluginContext,
): Promise<Verification> {
  const installations = await detect(cluster);
  const ours = installations.filter(({ managedBy }) => managedBy === ourManager);
  const retiring = new Set(ours.map(({ revision }) => revision));
  if (before !== undefined) retiring.add(before.revision);
  retiring.delete(mesh.revision);
  if (retiring.size === 0) return healthy('');
  const pods = await proxiedPods(cluster, retiring);
  return waitingFor(
    pods.map(
      (pod) =>
        `pod ${podName(pod)} still has a proxy of revision ${proxyRevision(pod) ?? ''}, whose control plane is about to go`,
    ),
    `no proxy is left of revision ${[...retiring].join(', ')}`,
  );
}
