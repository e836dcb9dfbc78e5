import { setTimeout as delay } from 'node:timers/promises';
import { connectCluster, type ClusterClient } from '@meshwright/cluster';
import { MeshwrightError, messageOf } from '@meshwright/model';

const namespace = 'checkout';
const attempts = 30;

/** What the server saw of one request that the client made. */
export interface TrafficProof {
  status: string;
  /** The caller's identity, as the server's sidecar verified it, such as `spiffe://cluster.local/ns/checkout/sa/client`. */
  caller: string;
}

/**
 * Lets the example's client call its server and reads from the echoed headers who the server's sidecar says called.
 * The header is set by the server's own sidecar from the client's certificate, so it exists only with mutual TLS.
 * @throws MeshwrightError NOT_READY when no such answer came.
 */
export async function proveTraffic(kubeconfig: string, signal: AbortSignal): Promise<TrafficProof> {
  const cluster = connectCluster({ name: 'local', kubeconfig });
  try {
    let last = 'no answer yet';
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const answer = await callServer(cluster, signal).catch((error: unknown) => messageOf(error));
      const proof = readProof(answer);
      if (proof !== undefined) return proof;
      last = answer;
      await delay(1_000, undefined, { signal });
    }
    throw new MeshwrightError(
      'NOT_READY',
      'The sample workload did not answer through its sidecars with mutual TLS.',
      {
        lines: last.split('\n').slice(0, 20),
        remedy: `Look at the pods: kubectl --namespace ${namespace} get pods`,
      },
    );
  } finally {
    await cluster.close();
  }
}

async function callServer(cluster: ClusterClient, signal: AbortSignal): Promise<string> {
  const pods = await cluster.list({
    apiVersion: 'v1',
    kind: 'Pod',
    namespace,
    labelSelector: 'app=client',
    signal,
  });
  const pod = pods.find(({ metadata }) => metadata.deletionTimestamp === undefined);
  if (pod === undefined) return 'there is no client pod';
  return cluster.getFromPod(
    { namespace, pod: pod.metadata.name, port: 8080, path: '/fortio/fetch/server:8080/debug' },
    signal,
  );
}

/** Reads the echoed request: the header `X-Forwarded-Client-Cert` of https://www.envoyproxy.io/docs. */
export function readProof(answer: string): TrafficProof | undefined {
  const caller = /X-Forwarded-Client-Cert:.*URI=(spiffe:\/\/[^;,\s]+)/i.exec(answer)?.[1];
  if (caller === undefined) return undefined;
  const status = /HTTP\/1\.1 (\d{3}[^\r\n]*)/.exec(answer)?.[1] ?? '200 OK';
  return { status, caller };
}
