import {
  hasRestartableOwner,
  podName,
  type PluginContext,
  type Verification,
  type VerifyChange,
  waitingFor,
} from '@meshwright/plugin-sdk';
import { unmanagedPods } from '../endpoints.ts';

/** Cilium knows every pod of the pattern's namespaces; a pod that no restart renews is said and not waited for. */
export async function checkEndpoints(
  { mesh }: VerifyChange,
  { cluster }: PluginContext,
): Promise<Verification> {
  const unmanaged = await unmanagedPods(mesh.enrolledNamespaces, cluster);
  const aside = unmanaged.filter((pod) => !hasRestartableOwner(pod));
  return waitingFor(
    unmanaged
      .filter(hasRestartableOwner)
      .map((pod) => `pod ${podName(pod)} has no CiliumEndpoint: it started before its node had an agent`),
    aside.map((pod) => `pod ${podName(pod)} is not managed, and has no workload to restart`).join(', '),
  );
}
