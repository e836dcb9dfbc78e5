import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEvidence } from '@meshwright/evidence';
import { createLoadRegistry, createRegistry } from '@meshwright/plugin-sdk';
import { inject, onTestFinished } from 'vitest';
import { openClients } from '../clients.ts';
import type { TargetTools } from '../planning/target.ts';
import { type Bench, benchOf } from './changes.ts';
import { type SmallMeshOptions, smallMesh } from './small-mesh.ts';

export type { Bench, PlanParts } from './changes.ts';

declare module 'vitest' {
  interface ProvidedContext {
    kubeconfig: string;
  }
}

/** Opens a bench; everything it uses is let go of when the test is over. */
export async function openBench(mesh: Partial<SmallMeshOptions> = {}): Promise<Bench> {
  const namespace = `agent-${randomBytes(4).toString('hex')}`;
  const directory = await mkdtemp(join(tmpdir(), 'agent-'));
  const kubeconfig = process.env.MESHWRIGHT_TEST_KUBECONFIG ?? inject('kubeconfig');
  const clients = openClients({ name: 'test', kubeconfig });
  onTestFinished(async () => {
    await clients.close();
    await rm(directory, { recursive: true });
  });
  const tools: TargetTools = {
    clients,
    evidence: openEvidence({ directory }),
    registry: createRegistry([smallMesh({ namespace, ...mesh })]),
    generators: createLoadRegistry([]),
    chartsOf: () => ({ template: () => Promise.resolve([]) }),
    probeImage: 'fortio/fortio:1.68.0',
  };
  return benchOf(namespace, tools);
}
