import type { KubernetesObject } from '@meshwright/model';
import {
  checkKinds,
  type ClusterPort,
  deploymentProblems,
  endpointProblems,
  type PluginContext,
  type Verification,
  type VerifyChange,
  waitingFor,
  Webhooks,
} from '@meshwright/plugin-sdk';
import { systemNamespace } from '../names.ts';
import { defaultInjector, defaultRevision, withRevision } from '../revisions.ts';

/**
 * The server serves the kinds istiod watches: until then istiod would start without them. Others may be left out by
 * `base.excludedCRDs`.
 */
export const checkDefinitions = checkKinds('Istio', [
  ['networking.istio.io/v1', 'VirtualService'],
  ['security.istio.io/v1', 'PeerAuthentication'],
]);

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
  const query = { namespace: systemNamespace, labelSelector: `app=istiod,istio.io/rev=${revision}` };
  const problems = await deploymentProblems(query, cluster);
  return problems ?? [`Deployment ${systemNamespace}/${withRevision('istiod', revision)} is not there`];
}

/** The API server calls the webhooks through the Service: without a ready endpoint every injected pod is refused. */
function checkEndpoints(revision: string, cluster: ClusterPort): Promise<string[]> {
  return endpointProblems({ namespace: systemNamespace, name: withRevision('istiod', revision) }, cluster);
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
