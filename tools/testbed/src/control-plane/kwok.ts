import { join } from 'node:path';

import { plural } from '@meshwright/model';
import { stringify } from 'yaml';

import { writeFileAtomically } from '../files.ts';
import type { TestbedHost } from '../host.ts';
import { partNamed } from '../parts/catalogue.ts';
import { getPart } from '../parts/ensure.ts';
import { callApi, createObject, type ApiConnection } from './api-client.ts';
import type { ControlPlane } from './control-plane.ts';
import { kwokStages } from './kwok-stages.ts';

const FAKE_NODE = { 'kwok.x-k8s.io/node': 'fake' };
const CAPACITY = { cpu: '64', memory: '256Gi', pods: '1000', 'ephemeral-storage': '1Ti' };

/**
 * Starts kwok and registers nodes that it keeps alive. Pods on them become ready without running, so nothing measured on
 * them says anything about performance.
 */
export async function startKwok(host: TestbedHost, controlPlane: ControlPlane, nodes: number): Promise<void> {
  const { path } = await getPart(partNamed('kwok'), host.parts);
  const config = join(host.directory, 'kwok.yaml');
  // A file of its own keeps the user's ~/.kwok/kwok.yaml out.
  const documents = kwokStages().map((document) => stringify(document));
  await writeFileAtomically(config, documents.join('---\n'));
  const kubeconfig = await controlPlane.issueKubeconfig('kwok', 'kwok', ['system:masters']);
  const names = Array.from({ length: nodes }, (_, index) => `kwok-${index + 1}`);
  for (const name of names) {
    await createObject(controlPlane.connection, '/api/v1/nodes', fakeNode(name));
  }
  const task = host.progress.begin(`starting ${plural(nodes, 'kwok node')}`);
  try {
    await host.processes.start({
      name: 'kwok',
      command: path,
      args: [
        `--kubeconfig=${kubeconfig}`,
        `--config=${config}`,
        '--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake',
        // Of the range for documentation (RFC 5737): nothing answers there.
        '--node-ip=192.0.2.1',
        // No leases: with them kwok sometimes overlooks the pods that are there when it starts (its cache of leases
        // may lag behind the lease it just made). The heartbeat stage keeps nodes alive instead.
        '--node-lease-duration-seconds=0',
        '--v=WARN',
      ],
      ready: (signal) => notReadyNodes(controlPlane.connection, names, signal),
    });
    task.succeed();
  } catch (error) {
    task.fail('failed');
    throw error;
  }
}

function fakeNode(name: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      annotations: FAKE_NODE,
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'node-role.kubernetes.io/agent': '',
        type: 'kwok',
      },
    },
    spec: {},
    status: { allocatable: CAPACITY, capacity: CAPACITY },
  };
}

interface NodeStatus {
  status?: { conditions?: { type: string; status: string }[] };
}

async function notReadyNodes(
  connection: ApiConnection,
  names: readonly string[],
  signal: AbortSignal,
): Promise<string | undefined> {
  for (const name of names) {
    const { status, body } = await callApi(connection, `/api/v1/nodes/${name}`, { signal });
    const conditions = status === 200 ? (JSON.parse(body) as NodeStatus).status?.conditions : undefined;
    const ready = conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True');
    if (ready !== true) return `node ${name} is not ready`;
  }
  return undefined;
}
