import type { KubernetesObject } from '@meshwright/model';
import type { ClusterPort } from '@meshwright/plugin-sdk';
import { Injector } from './shapes.ts';

/** The revision of a control plane without one: its objects carry no suffix, and it injects without a tag. */
export const defaultRevision = 'default';

/** The tag that decides which revision injects where `istio-injection: enabled` stands (Istio's canary upgrade guide). */
export const defaultTag = 'default';
export const tagWebhook = `istio-revision-tag-${defaultTag}`;
export const tagService = `istiod-revision-tag-${defaultTag}`;
/** The injector of a control plane without a revision. */
export const defaultInjector = 'istio-sidecar-injector';

/** The revision of a version: `1.31.0` runs as `1-31-0`, a DNS label as Istio wants it. */
export function revisionOfVersion(version: string): string {
  return version.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
}

/** A name of Istio's charts for a revision: `istiod` or `istiod-1-31-0`. */
export function withRevision(name: string, revision: string): string {
  return revision === defaultRevision ? name : `${name}-${revision}`;
}

/**
 * Whether an object decides which control plane injects into labelled namespaces and validates what has no revision: the
 * tag's objects, or the injector of a control plane without a revision, and the default validator of the chart `base`.
 */
export function isSwitch({ kind, metadata }: KubernetesObject): boolean {
  if (metadata.labels?.['istio.io/tag'] === defaultTag) return true;
  return kind.endsWith('WebhookConfiguration') && switches.has(metadata.name);
}

export const defaultValidator = 'istiod-default-validator';
const switches = new Set([defaultInjector, defaultValidator]);

/** The label of a namespace whose pods get proxies. */
export const injectionLabel = 'istio-injection';

/** The webhook configurations that give proxies to namespaces labelled `istio-injection: enabled`, the tag's first. */
export async function injectors(cluster: ClusterPort): Promise<KubernetesObject[]> {
  const objects = await cluster.list({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    labelSelector: 'app=sidecar-injector',
  });
  const rank = ({ metadata }: KubernetesObject) => (metadata.labels?.['istio.io/tag'] === defaultTag ? 0 : 1);
  return objects.filter(selectsEnabled).sort((a, b) => rank(a) - rank(b));
}

/**
 * The revision that new pods of labelled namespaces join; undefined where there is none. While two inject, the tag
 * counts: istiod itself decides so (pkg/revisions/tag_watcher.go in istio/istio).
 */
export async function injectingRevision(cluster: ClusterPort): Promise<string | undefined> {
  const [first] = await injectors(cluster);
  return first?.metadata.labels?.['istio.io/rev'];
}

/** Whether a webhook of it takes pods of namespaces with the label; `istioctl tag` leaves one that takes none. */
function selectsEnabled(object: KubernetesObject): boolean {
  return Injector.parse(object).webhooks.some(({ namespaceSelector }) =>
    namespaceSelector.matchExpressions.some(
      ({ key, operator, values }) =>
        key === injectionLabel && operator === 'In' && values.includes('enabled'),
    ),
  );
}
