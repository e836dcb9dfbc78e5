import type { ClusterPort, PluginContext, Verification, VerifyChange } from '@meshwright/plugin-sdk';
import { defaultRevision, systemNamespace } from '../names.ts';
import { Deployment, EndpointSlice, Webhooks, availabilityOf } from '../shapes.ts';
import { waitingFor } from './check.ts';

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
  _change: VerifyChange,
  { cluster }: PluginContext,
): Promise<Verification> {
  const [istiod, endpoints, injectors, validators] = await Promise.all([
    checkIstiod(cluster),
    checkEndpoints(cluster),
    checkWebhooks(cluster, 'MutatingWebhookConfiguration', 'app=sidecar-injector'),
    checkWebhooks(cluster, 'ValidatingWebhookConfiguration', 'app=istiod'),
  ]);
  return waitingFor(
    [...istiod, ...endpoints, ...injectors, ...validators],
    'istiod serves injection and validation',
  );
}

async function checkIstiod(cluster: ClusterPort): Promise<string[]> {
  const objects = await cluster.list({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    namespace: systemNamespace,
    labelSelector: `app=istiod,istio.io/rev=${defaultRevision}`,
  });
  if (objects.length === 0) return [`Deployment ${systemNamespace}/istiod is not there`];
  return objects
    .map((object) => availabilityOf(Deployment.parse(object)))
    .filter((problem) => problem !== undefined);
}

/** The API server calls the webhooks through the Service: without a ready endpoint every injected pod is refused. */
async function checkEndpoints(cluster: ClusterPort): Promise<string[]> {
  const slices = await cluster.list({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    namespace: systemNamespace,
    labelSelector: 'kubernetes.io/service-name=istiod',
  });
  // A condition that is not said counts as ready (Kubernetes' EndpointSlice reference).
  const ready = slices
    .flatMap((object) => EndpointSlice.parse(object).endpoints)
    .filter(({ conditions }) => conditions.ready !== false);
  return ready.length > 0 ? [] : [`Service ${systemNamespace}/istiod has no ready endpoint`];
}

async function checkWebhooks(cluster: ClusterPort, kind: string, app: string): Promise<string[]> {
  const configurations = await cluster.list({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind,
    labelSelector: `${app},istio.io/rev=${defaultRevision}`,
  });
  if (configurations.length === 0) return [`there is no ${kind} of istiod`];
  const waiting: string[] = [];
  for (const { metadata, webhooks } of configurations.map((object) => Webhooks.parse(object))) {
    const without = webhooks.filter(({ clientConfig }) => (clientConfig.caBundle ?? '') === '');
    if (without.length === 0) continue;
    waiting.push(
      `${kind} ${metadata.name} has no caBundle for ${without.map(({ name }) => name).join(', ')}: istiod writes it once it leads`,
    );
  }
  return waiting;
}
