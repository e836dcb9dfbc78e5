import { setTimeout as delay } from 'node:timers/promises';
import { type ClusterClient, connectCluster } from '@meshwright/cluster';
import { type KubernetesObject, referenceOf } from '@meshwright/model';

const lookMilliseconds = 500;
const webhookKinds = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'];
/** Any PEM text will do: simulated pods serve no webhook that could be trusted by it. */
const bundle = Buffer.from('-----BEGIN CERTIFICATE-----\nsimulated\n-----END CERTIFICATE-----\n').toString(
  'base64',
);

interface Webhook {
  clientConfig?: { caBundle?: string };
  failurePolicy?: string;
}

/** What stands in for a part of a mesh, until it is stopped. */
export interface StandIn {
  stop(): Promise<void>;
}

/**
 * Does what Meshwright counts on and a simulated istiod cannot do: put a certificate authority into the mesh's webhook
 * configurations, of every revision and tag, and let validation fail closed. Only for clusters whose pods do not run.
 */
export function standInForIstiod(kubeconfig: string): StandIn {
  return standIn(kubeconfig, fillBundles);
}

/** Acts again and again, on a connection of its own. What goes wrong is tried the next time. */
export function standIn(
  kubeconfig: string,
  act: (cluster: ClusterClient, signal: AbortSignal) => Promise<void>,
): StandIn {
  const cluster = connectCluster({ name: 'local', kubeconfig });
  const stopping = new AbortController();
  const { signal } = stopping;
  const loop = (async () => {
    while (!signal.aborted) {
      // The API server may be starting or stopping, and objects come and go: the next look is soon.
      await act(cluster, signal).catch(() => undefined);
      await delay(lookMilliseconds, undefined, { signal }).catch(() => undefined);
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await loop;
      await cluster.close();
    },
  };
}

async function fillBundles(cluster: ClusterClient, signal: AbortSignal): Promise<void> {
  for (const kind of webhookKinds) {
    for (const object of await cluster.list({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind,
      signal,
    })) {
      const webhooks = filled(object);
      if (webhooks === undefined) continue;
      await cluster.mergePatch(
        referenceOf(object),
        { webhooks },
        { fieldManager: 'simulated-istiod', signal },
      );
    }
  }
}

/** The webhooks as istiod leaves them; undefined when they are so, or are not the mesh's. */
function filled(object: KubernetesObject): Webhook[] | undefined {
  if (!object.metadata.name.includes('istio')) return undefined;
  const webhooks = object.webhooks as Webhook[];
  const isFilled = ({ clientConfig, failurePolicy }: Webhook): boolean =>
    clientConfig?.caBundle !== undefined && failurePolicy === 'Fail';
  if (webhooks.every(isFilled)) return undefined;
  return webhooks.map((webhook) => ({
    ...webhook,
    clientConfig: { ...webhook.clientConfig, caBundle: webhook.clientConfig?.caBundle ?? bundle },
    failurePolicy: 'Fail',
  }));
}
