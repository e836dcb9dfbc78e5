import {
  failed,
  type PluginContext,
  Pod,
  podName,
  type Verification,
  type VerifyChange,
  waitingFor,
} from '@meshwright/plugin-sdk';
import { charts, gatewayNamespace } from '../names.ts';
import { difference, proxyImage } from '../sidecar.ts';

/** The placeholder in the gateway's pod template that injection replaces. */
const placeholderImage = 'auto';

/** The gateway's pods are ready, with the proxy that injection by this control plane gave them. */
export async function checkGateway(
  { mesh }: VerifyChange,
  { cluster }: PluginContext,
): Promise<Verification> {
  const objects = await cluster.list({
    apiVersion: 'v1',
    kind: 'Pod',
    namespace: gatewayNamespace,
    labelSelector: `app.kubernetes.io/instance=${charts.gateway.releaseName}`,
  });
  const pods = objects
    .map((object) => Pod.parse(object))
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  if (pods.length === 0) return waitingFor([`a pod of the gateway in ${gatewayNamespace}`], '');
  const plain = pods.filter((pod) => proxyImage(pod) === placeholderImage);
  if (plain.length > 0) {
    return failed(
      `${plain.map(podName).join(', ')} started while istiod injected nothing, with the image "${placeholderImage}".`,
      `Delete the pods: kubectl delete pod --namespace ${gatewayNamespace} ${plain.map(({ metadata }) => metadata.name).join(' ')}`,
    );
  }
  const unready = pods.filter(
    ({ status }) =>
      (status.containerStatuses ?? []).length === 0 || status.containerStatuses?.some(({ ready }) => !ready),
  );
  const others = pods.flatMap((pod) => {
    const other = difference(pod, mesh);
    return other === undefined ? [] : [`pod ${podName(pod)} has a proxy ${other}`];
  });
  return waitingFor(
    [...others, ...unready.map((pod) => `pod ${podName(pod)} is not ready`)],
    `${pods.length} gateway pods are ready`,
  );
}
