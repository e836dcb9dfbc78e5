import { plural } from '@meshwright/model';
import {
  healthy,
  inBatches,
  type PluginContext,
  readWorkloads,
  surveySidecars,
  type Verification,
  type VerifyChange,
  waitingFor,
} from '@meshwright/plugin-sdk';
import { sidecarRules, signingNow } from '../proxies.ts';

/**
 * Every running pod of the enrolled namespaces has a ready proxy of the mesh's version, which believes its trust anchors and
 * started after its issuer. That it has got a certificate is not asked: its own readiness counts as the answer.
 */
export async function checkProxies(
  { mesh }: VerifyChange,
  { cluster }: PluginContext,
): Promise<Verification> {
  const { enrolledNamespaces } = mesh;
  if (enrolledNamespaces.length === 0)
    return healthy('the pattern enrolls no workloads: there are no proxies to check');
  const [namespaces, signing] = await Promise.all([
    inBatches(enrolledNamespaces, (name) => readWorkloads(cluster, name)),
    signingNow(cluster),
  ]);
  const { proxies, waiting, aside } = surveySidecars(namespaces, sidecarRules(mesh, signing));
  const outside = aside.length === 0 ? '' : `; not in the mesh: ${aside.slice(0, 10).join(', ')}`;
  const note =
    proxies.length === 0
      ? `no enrolled workloads to check: no pod runs in ${enrolledNamespaces.join(', ')}${outside}`
      : `${proxies.length} of ${plural(proxies.length, 'proxy is', 'proxies are')} ready, of this version and trust${outside}`;
  return waitingFor(waiting, note);
}
