import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCharts } from '@meshwright/charts';
import { connectCluster } from '@meshwright/cluster';
import { benchOf } from '@meshwright/cluster-agent/test-support/changes';
import { openEvidence } from '@meshwright/evidence';
import { MeshwrightError } from '@meshwright/model';
import { createLoadRegistry, createRegistry, type MeshPlugin } from '@meshwright/plugin-sdk';
import type { Trial } from '@meshwright/plugin-testkit';
import { writable } from './trial-cluster.ts';

/** Where a trial takes place. */
export interface TrialPlace {
  kubeconfig: string;
  helm: string;
  /** The directory of the mesh's charts. */
  charts: string;
}

/** A trial that was opened. */
export interface OpenTrial {
  trial: Trial;
  /** Ends its connections and removes its files; what it left on the cluster goes with {@link Trial}'s own steps. */
  close: () => Promise<void>;
}

const connectionName = 'test';
/** Simulated pods are ready at once: what takes longer waits for something that nobody does. */
const mostSeconds = 90;

/**
 * One pattern of a mesh on a real API server, planned and carried out by the cluster agent's own planning and stages; a new
 * pattern unless its name is given. Nothing is known to it yet, of the server or of charts.
 */
export async function openTrial(
  plugin: MeshPlugin,
  place: TrialPlace,
  name = `conformance-${randomUUID().slice(0, 8)}`,
): Promise<OpenTrial> {
  const directory = await mkdtemp(join(tmpdir(), 'conformance-'));
  const client = connectCluster({ name: connectionName, kubeconfig: place.kubeconfig });
  const charts = openCharts({
    helm: place.helm,
    cacheDirectory: directory,
    source: { directory: place.charts },
  });
  const bench = benchOf(name, {
    clients: { name: connectionName, as: () => client, close: () => client.close() },
    evidence: openEvidence({ directory }),
    registry: createRegistry([plugin]),
    generators: createLoadRegistry([]),
    chartsOf: () => charts,
    probeImage: 'fortio/fortio:1.68.0',
  });
  const trial: Trial = {
    name,
    cluster: writable(client),
    charts,
    plan: ({ mesh, security, purpose = 'apply', adopt = false, ...content }) =>
      bench.plan({
        ...content,
        spec: { mesh, ...(security === undefined ? {} : { security }) },
        input: { purpose, adopt },
      }),
    async carryOutStage(id, { crashAfterWrites, applied } = {}) {
      const hooks = { mostSeconds, ...(applied === undefined ? {} : { applied }) };
      if (crashAfterWrites === undefined) await bench.carryOutStage(id, hooks);
      else await carryOutUntilCrash(bench, { id, writes: crashAfterWrites, kubeconfig: place.kubeconfig });
    },
    conclude: (outcome) => bench.conclude(outcome),
    members: async () => (await bench.inventory.members()).map(({ object }) => object),
  };
  return {
    trial,
    async close() {
      await client.close();
      await rm(directory, { recursive: true });
    },
  };
}

/** Connections of their own, which fail for good after so many writes, as those of a process that is killed. */
async function carryOutUntilCrash(
  bench: ReturnType<typeof benchOf>,
  { id, writes, kubeconfig }: { id: string; writes: number; kubeconfig: string },
): Promise<void> {
  const client = connectCluster({ name: connectionName, kubeconfig });
  const { transport } = client;
  const send = transport.send.bind(transport);
  let left = writes;
  transport.send = (request) => {
    const isWrite = request.method !== 'GET' && !request.path.includes('dryRun=All');
    if (isWrite && left <= 0)
      return Promise.reject(new MeshwrightError('INTERNAL', 'The process was killed.'));
    if (isWrite) left -= 1;
    return send(request);
  };
  try {
    await bench.carryOutStage(id, {
      clients: { name: connectionName, as: () => client, close: () => client.close() },
    });
  } finally {
    await client.close();
  }
}
