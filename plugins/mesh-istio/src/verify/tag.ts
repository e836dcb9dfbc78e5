import {
  type PluginContext,
  type Verification,
  type VerifyChange,
  waitingFor,
  Webhooks,
} from '@meshwright/plugin-sdk';
import { defaultValidator, injectors, withRevision } from '../revisions.ts';
import { withoutCertificate } from './control-plane.ts';

/** Labelled namespaces join this control plane and no other, and it validates what names no revision. */
export async function checkTag(
  { mesh: { revision } }: VerifyChange,
  { cluster }: PluginContext,
): Promise<Verification> {
  const injecting = await injectors(cluster);
  const validator = await cluster.get({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    name: defaultValidator,
  });
  const found = validator === undefined ? injecting : [...injecting, validator];
  return waitingFor(
    [
      ...(injecting.length === 0
        ? ['no webhook injects into namespaces labelled istio-injection=enabled']
        : []),
      ...(validator === undefined ? [`ValidatingWebhookConfiguration ${defaultValidator} is not there`] : []),
      ...found.map((object) => Webhooks.parse(object)).flatMap((webhooks) => elsewhere(webhooks, revision)),
      ...found.flatMap(withoutCertificate),
    ],
    `revision ${revision} injects where istio-injection=enabled stands`,
  );
}

/** One line for a webhook configuration of another control plane, or that calls another. */
function elsewhere({ kind, metadata, webhooks }: Webhooks, revision: string): string[] {
  const actual = metadata.labels['istio.io/rev'];
  if (actual !== revision) return [`${kind} ${metadata.name} is of revision ${actual ?? 'unknown'}`];
  const service = withRevision('istiod', revision);
  const other = webhooks.find(({ clientConfig }) => (clientConfig.service?.name ?? service) !== service);
  return other === undefined
    ? []
    : [`${kind} ${metadata.name} calls ${other.clientConfig.service?.name ?? ''}, not ${service}`];
}
