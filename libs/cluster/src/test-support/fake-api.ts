import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { ConnectOptions } from '../access.ts';
import { connectCluster, type ClusterClient } from '../client.ts';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** The kinds of the core group that the server knows, with their names in paths. */
const kinds = { ConfigMap: 'configmaps', Secret: 'secrets' };

const discovery = {
  kind: 'APIGroupDiscoveryList',
  items: [
    {
      metadata: { name: '' },
      versions: [
        {
          version: 'v1',
          resources: Object.entries(kinds).map(([kind, resource]) => ({
            resource,
            responseKind: { kind },
            scope: 'Namespaced',
            verbs: ['list'],
          })),
        },
      ],
    },
  ],
};

/**
 * A client of a server on loopback that behaves as a test says: for faults that a real API server does not have on
 * demand. Discovery knows ConfigMaps and Secrets.
 */
export async function fakeApi(
  handle: Handler,
  options: Pick<ConnectOptions, 'metrics'> = {},
): Promise<ClusterClient> {
  const server = createServer((request, response) => {
    if (request.url === '/apis') sendJson(response, 200, { kind: 'APIGroupDiscoveryList', items: [] });
    else if (request.url === '/api') sendJson(response, 200, discovery);
    else handle(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const directory = await mkdtemp(join(tmpdir(), 'fake-api-'));
  const kubeconfig = join(directory, 'kubeconfig');
  await writeFile(kubeconfig, kubeconfigText(`http://127.0.0.1:${port}`));
  const client = connectCluster({ name: 'fake', kubeconfig, ...options });
  onTestFinished(async () => {
    await client.close();
    server.closeAllConnections();
    server.close();
    await rm(directory, { recursive: true });
  });
  return client;
}

export function kubeconfigText(server: string, cluster: object = {}): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server, ...cluster } }],
    users: [{ name: 'u', user: { token: 'sesame' } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  });
}

export function sendJson(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
