import type { Scene } from './scene.ts';
import { until } from './scene.ts';

const namespace = 'load';
const requestsPerSecond = 40;

/** What a load saw of all its requests. */
export interface LoadResult {
  requests: number;
  /** By HTTP status; -1 is a connection that broke. */
  codes: Record<string, number>;
  seconds: number;
}

/** A load that goes on until it is stopped. */
export interface Load {
  stop(): Promise<LoadResult>;
}

interface FortioResult {
  RetCodes: Record<string, number>;
  ActualDuration: number;
  DurationHistogram: { Count: number };
}

/**
 * Sends requests from outside the mesh to the client of the example, which passes each on to the server: through its own
 * sidecar and the server's, with mutual TLS. What the server answers comes back unchanged, also a 503 of a sidecar.
 * Every request is a new connection, as those of many callers would be.
 */
export async function startLoad(scene: Scene): Promise<Load> {
  await scene.kubectl('apply', '--filename', await scene.write(JSON.stringify(loadPod())));
  await scene.kubectl('wait', '--namespace', namespace, '--for=condition=Ready', 'pod/load', '--timeout=60s');
  const ask = (path: string) =>
    scene.kubectl('get', '--raw', `/api/v1/namespaces/${namespace}/pods/load:8080/proxy/fortio/${path}`);
  const target = 'http://client.checkout:8080/fortio/fetch/server:8080/debug';
  const settings = {
    url: target,
    qps: String(requestsPerSecond),
    c: '4',
    t: 'on',
    async: 'on',
    save: 'on',
    nocatchup: 'on',
    timeout: '10s',
    H: 'Connection: close',
    'log-errors': 'on',
  };
  const started = await ask(`rest/run?${new URLSearchParams(settings).toString()}`);
  const { RunID, ResultID } = JSON.parse(started) as { RunID: number; ResultID: string };
  return {
    async stop() {
      await ask(`rest/stop?runid=${RunID}&wait=on`);
      const result = await until('the result of the load', async () =>
        readResult(await ask(`data/${ResultID}.json`)),
      );
      await scene.kubectl('delete', 'namespace', namespace, '--wait=false');
      return result;
    },
  };
}

function readResult(text: string): LoadResult {
  const { RetCodes, ActualDuration, DurationHistogram } = JSON.parse(text) as FortioResult;
  return { requests: DurationHistogram.Count, codes: RetCodes, seconds: ActualDuration / 1e9 };
}

function loadPod(): object {
  const metadata = { name: 'load', namespace };
  const args = ['server', '-http-port', '8080', '-data-dir', '/data'];
  const none = ['grpc-port', 'tcp-port', 'udp-port', 'redirect-port'].flatMap((port) => [
    `-${port}`,
    'disabled',
  ]);
  return {
    apiVersion: 'v1',
    kind: 'List',
    items: [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'client', namespace: 'checkout' },
        spec: { selector: { app: 'client' }, ports: [{ name: 'http', port: 8080 }] },
      },
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata,
        spec: {
          containers: [
            {
              name: 'load',
              image: 'fortio/fortio:1.68.0',
              args: [...args, ...none],
              readinessProbe: { httpGet: { path: '/debug', port: 8080 }, periodSeconds: 1 },
              volumeMounts: [{ name: 'data', mountPath: '/data' }],
            },
          ],
          volumes: [{ name: 'data', emptyDir: {} }],
        },
      },
    ],
  };
}
