import type { KubernetesObject } from '@meshwright/model';
import { defaultInjector } from './revisions.ts';

/**
 * A validating webhook as istiod leaves it once it runs: istiod changes `failurePolicy` from `Ignore` to `Fail` as soon
 * as it can validate, never back, and puts its own `caBundle` in (pkg/webhooks/validation/controller in istio/istio).
 * Rendering `Ignore` would take the field back at every apply. Charts before 1.29 have no value for it, so it is set
 * here; a `caBundle` is only there when the pattern's values give one, and then istiod leaves it alone.
 */
export function withoutRacingFields(object: KubernetesObject): KubernetesObject {
  if (object.kind !== 'ValidatingWebhookConfiguration' || !Array.isArray(object.webhooks)) return object;
  const webhooks = object.webhooks as Record<string, unknown>[];
  return { ...object, webhooks: webhooks.map((webhook) => ({ ...webhook, failurePolicy: 'Fail' })) };
}

/** What takes no namespace and no pod, in the words of `istioctl` (istioctl/pkg/util in istio/istio). */
const never = { matchLabels: { 'istio.io/deactivated': 'never-match' } };

/** The injector of a control plane without a revision, without effect: the tag injects instead of it. */
export function withoutDefaultInjection(object: KubernetesObject): KubernetesObject {
  const { kind, metadata, webhooks } = object;
  if (kind !== 'MutatingWebhookConfiguration' || metadata.name !== defaultInjector) return object;
  return {
    ...object,
    webhooks: (webhooks as Record<string, unknown>[]).map((webhook) => ({
      ...webhook,
      namespaceSelector: never,
      objectSelector: never,
    })),
  };
}
