import { groupOf, type KubernetesObject } from '@meshwright/model';
import { objectsAt, textAt, valueAt } from './json.ts';

/** The Services that the webhooks of a configuration call; none for other kinds and for webhooks with a URL. */
export function webhookServices(object: KubernetesObject): { namespace: string; name: string }[] {
  if (groupOf(object.apiVersion) !== 'admissionregistration.k8s.io') return [];
  return objectsAt(object, 'webhooks').flatMap((webhook) => {
    const namespace = textAt(webhook, 'clientConfig', 'service', 'namespace');
    const name = textAt(webhook, 'clientConfig', 'service', 'name');
    return namespace === undefined || name === undefined ? [] : [{ namespace, name }];
  });
}

/** Whether a Service has an endpoint that takes traffic; an absent `ready` means yes (discovery.k8s.io/v1). */
export function hasReadyEndpoint(slices: readonly KubernetesObject[], service: string): boolean {
  return slices
    .filter((slice) => slice.metadata.labels?.['kubernetes.io/service-name'] === service)
    .flatMap((slice) => objectsAt(slice, 'endpoints'))
    .some((endpoint) => valueAt(endpoint, 'conditions', 'ready') !== false);
}
