import { type Metadata, type Pod, type PodSpec, type SidecarRules, sidecarOf } from '@meshwright/plugin-sdk';
import { proxyContainer } from './names.ts';
import { sameNumbers, versionOfImage } from './versions.ts';

/** The image of the sidecar; undefined where there is none. */
export function proxyImage(pod: Pod): string | undefined {
  return sidecarOf(pod, proxyContainer)?.image;
}

/**
 * The revision of the control plane that a pod's proxy takes its configuration from: what injection wrote into the pod
 * (`getInjectionStatus` of pkg/kube/inject in istio/istio), or, of a gateway that was not injected, the label of its
 * template. Of an injected pod the label may name a tag and counts last. Undefined where nothing says it.
 */
export function proxyRevision(pod: Pod): string | undefined {
  if (proxyImage(pod) === undefined) return undefined;
  const { annotations, labels } = pod.metadata;
  return (
    revisionInStatus(annotations['sidecar.istio.io/status']) ??
    annotations['istio.io/rev'] ??
    labels['istio.io/rev']
  );
}

/** Whether a pod, or its template, is of a gateway that istiod deploys for a `Gateway` of the Gateway API, and rolls by itself. */
export function isManagedGateway({ metadata }: { metadata: Pick<Metadata, 'labels'> }): boolean {
  return gatewayNameLabel in metadata.labels;
}

const gatewayNameLabel = 'gateway.networking.k8s.io/gateway-name';

function revisionInStatus(status: string | undefined): string | undefined {
  if (status === undefined) return undefined;
  try {
    const { revision } = JSON.parse(status) as { revision?: unknown };
    return typeof revision === 'string' && revision !== '' ? revision : undefined;
  } catch {
    return undefined;
  }
}

/** Which control plane a proxy should be of. */
export interface Wanted {
  version: string;
  revision: string;
}

/**
 * How a pod's proxy differs from the wanted one, such as `of revision 1-30-0`; undefined where it does not, or where
 * nothing tells. The image of a private build may name no version, and a proxy none of its revision.
 */
export function difference(pod: Pod, { version, revision }: Wanted): string | undefined {
  const actual = proxyRevision(pod);
  if (actual !== undefined && actual !== revision) return `of revision ${actual}`;
  const image = proxyImage(pod);
  const running = image === undefined ? undefined : versionOfImage(image);
  return running === undefined || sameNumbers(running, version) ? undefined : `of ${running}`;
}

/**
 * Whether istiod leaves such pods alone: they say so, or use the network of their node. The label counts more than the
 * annotation of the same name (pkg/kube/inject in istio/istio).
 */
export function isOptedOut(
  { labels, annotations }: Pick<Metadata, 'labels' | 'annotations'>,
  spec: PodSpec,
): boolean {
  const wish = labels['sidecar.istio.io/inject'] ?? annotations['sidecar.istio.io/inject'];
  return wish === 'false' || spec.hostNetwork === true;
}

/** What is known of pods that istiod injects a sidecar into, of the control plane that is wanted. */
export function sidecarRules(wanted: Wanted): SidecarRules {
  return {
    container: proxyContainer,
    optsOut: ({ metadata, spec }) => isOptedOut(metadata, spec),
    difference: (pod) => difference(pod, wanted),
  };
}
