import { plural } from '@meshwright/model';
import {
  failed,
  healthy,
  inBatches,
  type PluginContext,
  podName,
  readWorkloads,
  surveySidecars,
  type Verification,
  type VerifyChange,
  waitingFor,
} from '@meshwright/plugin-sdk';
import { sidecarRules } from '../sidecar.ts';
import { askIstiod } from './istiod-metrics.ts';
import { askProxy } from './proxy-statistics.ts';

/**
 * Every running pod of the enrolled namespaces has a ready proxy of the mesh's version and revision, which is connected to
 * istiod and took its configuration.
 *
 * istiod's own answer to this (`/debug/syncz`) is only given on the pod's loopback or for a bearer token, and the API
 * server's pod proxy has neither: it takes the Authorization header for itself. So each proxy is asked instead, and
 * istiod's metrics tell how many are connected and which routes and endpoints were rejected.
 */
export async function checkProxies(change: VerifyChange, context: PluginContext): Promise<Verification> {
  const { mesh } = change;
  const { enrolledNamespaces } = mesh;
  if (enrolledNamespaces.length === 0)
    return healthy('the pattern enrolls no workloads: there are no proxies to check');
  const namespaces = await inBatches(enrolledNamespaces, (name) => readWorkloads(context.cluster, name));
  const { proxies, waiting, aside } = surveySidecars(namespaces, sidecarRules(mesh));
  const [states, istiod] = await Promise.all([
    inBatches(proxies, (pod) => askProxy(pod, context)),
    proxies.length === 0
      ? { connected: 0, rejected: new Map<string, string[]>() }
      : askIstiod(mesh.revision, context),
  ]);
  const textsOf = (kind: string) => states.filter((state) => state.kind === kind).map(({ text }) => text);
  const rejecting = textsOf('rejecting');
  if ('rejected' in istiod) {
    for (const pod of proxies.map(podName)) {
      const rejected = istiod.rejected.get(pod);
      if (rejected !== undefined) rejecting.push(`${pod} (${rejected.join(', ')})`);
    }
  }
  if (rejecting.length > 0) return rejectedBy(rejecting);
  const lines = [...waiting, ...textsOf('waiting'), ...('problems' in istiod ? istiod.problems : [])];
  if (lines.length > 0 || 'problems' in istiod) return waitingFor(lines, '');
  return judgeAll(proxies.length, istiod.connected, { aside, enrolledNamespaces });
}

/** istiod counts the proxies of gateways and other namespaces too: never fewer than those that were just asked. */
function judgeAll(
  proxies: number,
  connected: number,
  { aside, enrolledNamespaces }: { aside: string[]; enrolledNamespaces: string[] },
): Verification {
  const outside = aside.length === 0 ? '' : `; not in the mesh: ${shorten(aside, ', ')}`;
  if (proxies === 0) {
    return healthy(
      `no enrolled workloads to check: no pod runs in ${enrolledNamespaces.join(', ')}${outside}`,
    );
  }
  if (connected < proxies)
    return waitingFor(
      [`istiod counts ${plural(connected, 'connected proxy', 'connected proxies')}, of ${proxies} that run`],
      '',
    );
  return healthy(
    `${proxies} of ${plural(proxies, 'proxy is', 'proxies are')} connected and in sync (istiod counts ${connected})${outside}`,
  );
}

function rejectedBy(pods: string[]): Verification {
  return failed(
    `${plural(pods.length, 'proxy', 'proxies')} rejected configuration since they started: ${shorten(pods, '; ')}.`,
    'istiod logs why ("ACK ERROR" with the pod’s name): mend that resource, then restart the workload, for the count starts with the proxy.',
  );
}

const shown = 10;

function shorten(names: string[], separator: string): string {
  const more = names.length > shown ? [`${names.length - shown} more`] : [];
  return [...names.slice(0, shown), ...more].join(separator);
}
