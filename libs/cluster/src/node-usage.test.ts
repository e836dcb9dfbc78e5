import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { containerKey, parseResourceMetrics, readNodeUsage } from './node-usage.ts';
import { fakeApi, sendJson } from './test-support/fake-api.ts';

/** What the kubelet of a node with Kubernetes 1.36.3 and containerd answered while Istio's sidecars had load. */
const recorded = await readFile(
  new URL('__fixtures__/kubelet-resource-metrics.txt', import.meta.url),
  'utf8',
);

describe('what a kubelet says', () => {
  it('is the counter of each container with its own time, in milliseconds', () => {
    const { containers, node } = parseResourceMetrics(recorded);
    const proxy = { namespace: 'checkout', pod: 'client-6ddb8946b7-jrfkl', container: 'istio-proxy' };
    const sample = containers.get(containerKey(proxy));
    expect(sample).toMatchObject({ at: 1_795_299_873_923, cpuSeconds: 0.68867999 });
    expect(sample?.memory).toBeGreaterThan(20e6);
    expect(containers.size).toBe(6);
    // This kubelet had the containers asked at once, and the node's figures from its cache.
    expect(node).toMatchObject({ at: 1_795_299_870_291, cpuSeconds: 47_802.42120276 });
  });

  it('is left out where one of the two figures is missing, or where it is no figure', () => {
    const labels = 'container="c",namespace="n",pod="p"';
    const half = `container_cpu_usage_seconds_total{${labels}} 1 1000\n`;
    const none = `${half}container_memory_working_set_bytes{${labels}} NaN 1000\n`;
    for (const text of ['', 'no metrics\n', half, none])
      expect(parseResourceMetrics(text).containers.size).toBe(0);
  });

  it('is asked for through the API server', async () => {
    const asked: (string | undefined)[] = [];
    const client = await fakeApi((request, response) => {
      asked.push(request.url);
      response.end(recorded);
    });
    const { containers } = await readNodeUsage(client, 'testbed-node');
    expect(containers.size).toBe(6);
    expect(asked).toEqual(['/api/v1/nodes/testbed-node/proxy/metrics/resource']);
  });

  it('is refused in the words of whoever refuses', async () => {
    const forbidden = {
      kind: 'Status',
      reason: 'Forbidden',
      message: 'nodes "n" is forbidden: User "agent" cannot get resource "nodes/proxy" in API group ""',
    };
    const client = await fakeApi((_, response) => sendJson(response, 403, forbidden));
    await expect(readNodeUsage(client, 'n')).rejects.toMatchObject({ code: 'CLUSTER_UNAUTHORIZED' });
    const kubelet = await fakeApi((_, response) => response.writeHead(404).end('404 page not found'));
    await expect(readNodeUsage(kubelet, 'n')).rejects.toThrow('The kubelet of the node n answered 404.');
  });
});
