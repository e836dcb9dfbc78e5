import type { KubernetesObject } from '@meshwright/model';
import {
  availabilityOf,
  type ClusterPort,
  Deployment,
  EndpointSlice,
  type PluginContext,
  type Verification,
  type VerifyChange,
  waitingFor,
  Webhooks,
} from '@meshwright/plugin-sdk';
import { systemNamespace } from '../names.ts';
import { defaultInjector, defaultRevision, withRevision } from '../revisions.ts';

/** Kinds without which there is no mesh; others may be left out by `base.excludedCRDs`. */
const definingKinds = [
  ['networking.istio.io/v1', 'VirtualService'],
  ['security.istio.io/v1', 'PeerAuthentication'],
] as const;

/** The server serves the kinds istiod watches: until then istiod would start without them. */
export async function checkDefinitions(
  _change: VerifyChange,
  { cluster }: PluginContext,
): Promise<Verification> {
  const missing: string[] = [];
  for (const [apiVersion, kind] of definingKinds) {
    if (!(await cluster.serves(apiVersion, kind)))
      missing.push(`the API server serves no ${kind} of ${apiVersion} yet`);
  }
  return waitingFor(missing, 'the API server serves the kinds of Istio');
}

/** istiod runs as its Deployment says, can be reached by its webhooks, and has put its certificate into them. */
export async function checkControlPlane(
  { mesh: { revision } }: VerifyChange,
  { cluster }: PluginContext,
): Promise<Verification> {
  const [istiod, endpoints, webhooks] = await Promise.all([
    checkIstiod(revision, cluster),
    checkEndpoints(revision, cluster),
    checkWebhooks(revision, cluster),
  ]);
  return waitingFor(
    [...istiod, ...endpoints, ...webhooks],
    `${withRevision('istiod', revision)} serves injection and validation`,
  );
}

async function checkIstiod(revision: string, cluster: ClusterPort): Promise<string[]> {
  const objects = await cluster.list({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    namespace: systemNamespace,
    labelSelector: `app=istiod,istio.io/rev=${revision}`,
  });
  if (objects.length === 0)
    return [`Deployment ${systemNamespace}/${withRevision('istiod', revision)} is not there`];
  return objects
    .map((object) => availabilityOf(Deployment.parse(object)))
    .filter((problem) => problem !== undefined);
}

/** The API server calls the webhooks through the Service: without a ready endpoint every injected pod is refused. */
async function checkEndpoints(revision: string, cluster: ClusterPort): Promise<string[]> {
  const service = withRevision('istiod', revision);
  const slices = await cluster.list({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    namespace: systemNamespace,
    labelSelector: `kubernetes.io/service-name=${service}`,
  });
  // A condition that is not said counts as ready (Kubernetes' EndpointSlice reference).
  const ready = slices
    .flatMap((object) => EndpointSlice.parse(object).endpoints)
    .filter(({ conditions }) => conditions.ready !== false);
  return ready.length > 0 ? [] : [`Service ${systemNamespace}/${service} has no ready endpoint`];
}

/** The webhooks of the revision itself; which revision labelled namespaces join is the tag's question. */
async function checkWebhooks(revision: string, cluster: ClusterPort): Promise<string[]> {
  const list = (kind: string, app: string) =>
    cluster.list({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind,
      labelSelector: `app=${app},istio.io/rev=${revision}`,
    });
  const injectors = await list('MutatingWebhookConfiguration', 'sidecar-injector');
  const validators = await list('ValidatingWebhookConfiguration', 'istiod');
  const own = withRevision(defaultInjector, revision);
  const isThere = revision === defaultRevision || injectors.some(({ metadata }) => metadata.name === own);
  return [
    ...(isThere ? [] : [`MutatingWebhookConfiguration ${own} is not there`]),
    ...[...injectors, ...validators].flatMap(withoutCertificate),
  ];
}

/** One line for a webhook configuration that has no certificate of istiod, else none. */
export function withoutCertificate(object: KubernetesObject): string[] {
  const { kind, metadata, webhooks } = Webhooks.parse(object);
  const without = webhooks.filter(({ clientConfig }) => (clientConfig.caBundle ?? '') === '');
  if (without.length === 0) return [];
  return [
    `${kind} ${metadata.name} has no caBundle for ${without.map(({ name }) => name).join(', ')}: istiod writes it once it leads`,
  ];
}
