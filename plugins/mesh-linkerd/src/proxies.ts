import {
  type ClusterPort,
  livePods,
  type Pod,
  type PodTemplate,
  type SidecarRules,
  sidecarOf,
} from '@meshwright/plugin-sdk';
import { injectAnnotation, proxyContainer, systemNamespace } from './names.ts';
import { readIssuer, trustRootAnnotation } from './trust/live.ts';
import { digestOf } from './trust/digest.ts';
import { versionOfEdge } from './versions.ts';

/** Whether a pod has a proxy. */
export function hasProxy(pod: Pick<Pod, 'spec'>): boolean {
  return sidecarOf(pod, proxyContainer) !== undefined;
}

/** Whether the injector leaves such pods alone (Linkerd's proxy injection guide). */
function optsOut({ metadata, spec }: Pod | PodTemplate): boolean {
  return metadata.annotations[injectAnnotation] === 'disabled' || spec.hostNetwork === true;
}

/** Which proxies are wanted. */
export interface Wanted {
  version: string;
  /** As `revisionOf` writes it. */
  revision: string;
}

/** Who has signed for proxies since when. */
export interface Signing {
  /** The end of a revision, of an issuer that Meshwright made; else undefined. */
  issuer: string | undefined;
  /** Milliseconds since 1970. */
  since: number | undefined;
}

/** Who signs on the cluster now. */
export async function signingNow(cluster: ClusterPort): Promise<Signing> {
  const issuer = await readIssuer(cluster);
  if (issuer?.mark === undefined) return { issuer: undefined, since: undefined };
  return { issuer: digestOf(issuer.certificate.trim()).slice(0, 8), since: issuer.appliedAt };
}

/** What is known of pods that the injector gives a proxy, of the version and the trust that are wanted. */
export function sidecarRules(wanted: Wanted, signing: Signing): SidecarRules {
  return { container: proxyContainer, optsOut, difference: (pod) => difference(pod, wanted, signing) };
}

/**
 * How a pod's proxy differs from the wanted one, such as `of edge-26.7.2`; undefined where it does not, or where nothing
 * tells. A proxy is certified when it starts: one that is older than the issuer has a certificate of the one before.
 */
export function difference(pod: Pod, { version, revision }: Wanted, signing: Signing): string | undefined {
  const { annotations } = pod.metadata;
  const running = annotations['linkerd.io/proxy-version'] ?? '';
  const known = versionOfEdge(running);
  if (known !== undefined && known !== version) return `of ${running}`;
  const [roots] = revision.split('-');
  const believed = annotations[trustRootAnnotation];
  if (believed !== undefined && believed.slice(0, 8) !== roots) return 'that believes other trust anchors';
  return isOfOtherIssuer(pod, revision, signing) ? 'with a certificate of another issuer' : undefined;
}

/** Whether a proxy was certified by another issuer than a revision names, or before it. */
export function isOfOtherIssuer(
  { metadata: { creationTimestamp } }: Pick<Pod, 'metadata'>,
  revision: string,
  signing: Signing,
): boolean {
  const [, issuer] = revision.split('-');
  if (issuer === undefined) return false;
  if (signing.issuer !== issuer) return true;
  return creationTimestamp !== undefined && Date.parse(creationTimestamp) < (signing.since ?? 0);
}

/** The running pods anywhere on the cluster that have a proxy, the control plane's own among them. */
export async function proxiedPods(cluster: ClusterPort): Promise<Pod[]> {
  return (await livePods(cluster)).filter(hasProxy);
}

/** Whether a pod is of the control plane: no injector gave it its proxy. */
export function isControlPlane({ metadata }: Pick<Pod, 'metadata'>): boolean {
  return metadata.namespace === systemNamespace;
}
