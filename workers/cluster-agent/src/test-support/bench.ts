import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectCluster } from '@meshwright/cluster';
import { openEvidence } from '@meshwright/evidence';
import type { KubernetesObject, Pattern, PatternSnapshot, Plan, PlanChangeInput } from '@meshwright/model';
import { createRegistry, definePlugin, type MeshPlugin } from '@meshwright/plugin-sdk';
import { inject, onTestFinished } from 'vitest';
import { planChange, type PlanningTools } from '../planning/plan-change.ts';
import { applyStage } from '../stages/apply-stage.ts';
import { findStage } from '../stages/find-stage.ts';
import { verifyStage } from '../stages/verify-stage.ts';

declare module 'vitest' {
  interface ProvidedContext {
    kubeconfig: string;
  }
}

/** One test's own namespace, pattern and tools, on the API server of the test run. */
export interface Bench {
  namespace: string;
  tools: PlanningTools;
  plan: (parts?: Partial<PatternSnapshot>) => Promise<Plan>;
  /** Applies and verifies every stage of the plan that was made last; gives the notes of both. */
  carryOut: () => Promise<string[]>;
}

/** A mesh of one ConfigMap in the test's namespace, which never refuses anything. */
function smallMesh(namespace: string): MeshPlugin {
  return definePlugin({
    id: 'small',
    displayName: 'Small',
    chartRepository: 'https://charts.invalid',
    capabilities: { modes: ['sidecar'], enroll: true, mutualTls: false },
    validate: () => [],
    detect: () => Promise.resolve([]),
    plan: () =>
      Promise.resolve({
        action: 'install',
        before: [{ id: 'control-plane', title: 'Control plane', kind: 'apply', timeoutSeconds: 20 }],
        after: [{ id: 'verify', title: 'Verify', kind: 'verify', timeoutSeconds: 20 }],
        warnings: [],
      }),
    render: () => Promise.resolve([namespaceObject(namespace), configMap(namespace, 'mesh')]),
    verify: (stage) => Promise.resolve({ state: 'healthy', note: `${stage} is healthy` }),
    enroll: () => ({ labels: { small: 'yes' }, annotations: {}, removeLabels: ['large'] }),
    outdatedWorkloads: () => Promise.resolve([]),
  });
}

export function namespaceObject(name: string): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

export function configMap(namespace: string, name: string): KubernetesObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data: { name } };
}

/** Opens a bench; everything it uses is let go of when the test is over. */
export async function openBench(): Promise<Bench> {
  const namespace = `agent-${randomBytes(4).toString('hex')}`;
  const directory = await mkdtemp(join(tmpdir(), 'agent-'));
  const cluster = connectCluster({
    name: 'test',
    kubeconfig: process.env.MESHWRIGHT_TEST_KUBECONFIG ?? inject('kubeconfig'),
  });
  onTestFinished(async () => {
    await cluster.close();
    await rm(directory, { recursive: true });
  });
  const plugin = smallMesh(namespace);
  const tools: PlanningTools = {
    cluster,
    evidence: openEvidence({ directory }),
    registry: createRegistry([plugin]),
    chartsOf: () => ({ template: () => Promise.resolve([]) }),
  };
  return benchOf(namespace, tools, plugin);
}

function benchOf(namespace: string, tools: PlanningTools, plugin: MeshPlugin): Bench {
  const { cluster, evidence } = tools;
  const { signal } = new AbortController();
  let last: { digest: Plan['snapshot']; plan: Plan } | undefined;
  return {
    namespace,
    tools,
    async plan(parts = {}) {
      const snapshot = await evidence.putJson(snapshotOf(namespace, parts));
      const summary = await planChange(inputFor(namespace, snapshot), tools, signal);
      last = { digest: summary.digest, plan: await evidence.getJson<Plan>(summary.digest) };
      return last.plan;
    },
    async carryOut() {
      if (last === undefined) throw new Error('There is no plan yet.');
      const notes: string[] = [];
      for (const { id } of last.plan.stages) {
        const { plan, stage } = await findStage({ cluster: 'test', plan: last.digest, stage: id }, evidence);
        const applied = await applyStage({ plan, stage, at: '2026-01-01T00:00:00Z' }, cluster, signal);
        const context = { cluster, charts: tools.chartsOf(plugin), signal };
        const change = { mesh: plan.mesh, enrolledNamespaces: [] };
        const verified = await verifyStage(stage, change, {
          cluster,
          plugin,
          context,
          tell: () => undefined,
        });
        notes.push(`${id}: ${applied.note}; ${verified.note}`);
      }
      return notes;
    },
  };
}

function inputFor(namespace: string, snapshot: Plan['snapshot']): PlanChangeInput {
  return { cluster: 'test', pattern: namespace, repository: 'r', commit: 'c'.repeat(40), snapshot };
}

function snapshotOf(namespace: string, parts: Partial<PatternSnapshot>): PatternSnapshot {
  const pattern: Pattern = {
    apiVersion: 'meshwright.dev/v1alpha1',
    kind: 'Pattern',
    metadata: { name: namespace },
    spec: {
      targets: [{ cluster: 'test', wave: 1 }],
      mesh: {
        type: 'small',
        version: '1.0.0',
        mode: 'sidecar',
        upgrade: 'canary',
        components: [],
        values: {},
      },
      workloads: (parts.workloads ?? []).map((workload) => ({ ...workload, manifests: [] })),
      traffic: [],
      resources: [],
      approval: { required: false, approvers: [], quorum: 1, expiresAfterSeconds: 60 },
    },
  };
  return { pattern, path: 'patterns/p.yaml', workloads: [], traffic: [], resources: [], ...parts };
}
