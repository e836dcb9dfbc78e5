import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type KubernetesObject, type ObjectReference } from '@meshwright/model';
import { valueAt } from '@meshwright/plugin-sdk';
import { makeServer } from '../trust/certificates.ts';
import { digestOf } from '../trust/digest.ts';

/** What the simulation needs of a cluster. */
export interface InjectedCluster {
  get(reference: ObjectReference): Promise<KubernetesObject | undefined>;
  apply(object: KubernetesObject): Promise<unknown>;
}

/**
 * Does what the proxy injector cannot where no pod runs: pods of annotated namespaces get a proxy of the version and the
 * trust roots that the control plane has at that moment. A webhook of its own on the loopback of the API server's machine.
 */
export async function simulateInjector(cluster: InjectedCluster): Promise<{ stop: () => void }> {
  const host = 'localhost';
  const { certificate, key } = await makeServer(host);
  const server = createServer({ cert: certificate, key }, (request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const review = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Review;
      const patch = await patchFor(review.request.object, cluster);
      const { uid } = review.request;
      const answer = {
        uid,
        allowed: true,
        ...(patch === undefined ? {} : { patchType: 'JSONPatch', patch }),
      };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ apiVersion: review.apiVersion, kind: review.kind, response: answer }));
    })().catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await cluster.apply(webhook(`https://${host}:${port}/`, certificate));
  return { stop: () => server.close() };
}

interface Review {
  apiVersion: string;
  kind: string;
  request: { uid: string; namespace: string; object: KubernetesObject };
}

function webhook(url: string, certificate: string): KubernetesObject {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name: 'simulated-linkerd-injector' },
    webhooks: [
      {
        name: 'simulated.linkerd.test',
        clientConfig: { url, caBundle: Buffer.from(certificate).toString('base64') },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        failurePolicy: 'Ignore',
        timeoutSeconds: 5,
      },
    ],
  };
}

const system = { namespace: 'linkerd' };

async function patchFor(pod: KubernetesObject, cluster: InjectedCluster): Promise<string | undefined> {
  const name = pod.metadata.namespace ?? '';
  const [namespace, roots, injector] = await Promise.all([
    cluster.get({ apiVersion: 'v1', kind: 'Namespace', name }),
    cluster.get({ ...system, apiVersion: 'v1', kind: 'ConfigMap', name: 'linkerd-identity-trust-roots' }),
    cluster.get({ ...system, apiVersion: 'apps/v1', kind: 'Deployment', name: 'linkerd-proxy-injector' }),
  ]);
  const wish =
    pod.metadata.annotations?.['linkerd.io/inject'] ?? namespace?.metadata.annotations?.['linkerd.io/inject'];
  const bundle = (roots?.data as Record<string, string> | undefined)?.['ca-bundle.crt'];
  if (wish !== 'enabled' || bundle === undefined || injector === undefined) return undefined;
  const version = injector.metadata.labels?.['app.kubernetes.io/version'] ?? '';
  const proxy = {
    name: 'linkerd-proxy',
    image: `cr.l5d.io/linkerd/proxy:${version}`,
    restartPolicy: 'Always',
  };
  const annotations = {
    ...pod.metadata.annotations,
    'linkerd.io/proxy-version': version,
    'linkerd.io/trust-root-sha256': digestOf(bundle),
  };
  const init = (valueAt(pod.spec, 'initContainers') as object[] | undefined) ?? [];
  const patch = [
    { op: 'add', path: '/metadata/annotations', value: annotations },
    { op: 'add', path: '/spec/initContainers', value: [...init, proxy] },
  ];
  return Buffer.from(JSON.stringify(patch)).toString('base64');
}
