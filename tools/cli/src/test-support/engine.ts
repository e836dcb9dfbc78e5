import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEvidence, type EvidenceStore } from '@meshwright/evidence';
import {
  MeshwrightError,
  type PatternSnapshot,
  type Plan,
  type PlanChangeInput,
  type PlanSummary,
  summarizePlan,
} from '@meshwright/model';
import { testCacheDirectory, testServerAddress } from '@meshwright/workflow-bundle/test-support/server';
import { startWorld, type World } from '@meshwright/workflow-bundle/test-support/world';
import { runCli } from '../cli.ts';
import type { ExitCode } from '../exit-code.ts';
import type { Host } from '../host.ts';
import { samplePlan, uninstallPlan } from '@meshwright/wording/test-support/plans';
import { testHost } from './host.ts';

/** A directory with a configuration and a pattern, beside the real workflows on a real Temporal server. */
export interface Engine {
  world: World;
  directory: string;
  evidence: EvidenceStore;
  /** Runs one command line there. */
  run(args: string[], overrides?: Partial<Host>): Promise<Answer>;
  stop(): Promise<void>;
}

export interface Answer {
  code: ExitCode;
  out: string;
  err: string;
}

const pattern = `apiVersion: meshwright.dev/v1alpha1
kind: Pattern
metadata:
  name: checkout-mesh
spec:
  targets:
    - cluster: local
  mesh:
    type: istio
    version: 1.31.0
    mode: sidecar
`;

/** @param targets besides `local`, whose agent polls: names of clusters that nobody serves. */
export async function startEngine(
  options: { targets?: string[]; kubeconfig?: string } = {},
): Promise<Engine> {
  const address = testServerAddress();
  const world = await startWorld(address, testCacheDirectory);
  const directory = await mkdtemp(join(tmpdir(), 'meshwright-cli-'));
  const kubeconfig = options.kubeconfig ?? join(directory, 'no-kubeconfig');
  const targets = ['local', ...(options.targets ?? [])].map((name) => ({ name, kubeconfig }));
  const evidenceDirectory = join(directory, 'evidence');
  const config = {
    temporal: { address, namespace: world.namespace },
    repositories: [{ name: 'patterns', url: join(directory, 'repository') }],
    targets,
    evidence: { directory: evidenceDirectory },
  };
  await writeFile(join(directory, 'meshwright.yaml'), JSON.stringify(config));
  await mkdir(join(directory, 'patterns'));
  await writeFile(join(directory, 'patterns/checkout-mesh.yaml'), pattern);
  const evidence = openEvidence({ directory: evidenceDirectory });
  world.targets.behaviour.planChange = (input) => storePlan(evidence, input);
  return {
    world,
    directory,
    evidence,
    async run(args, overrides = {}) {
      const host = testHost({ cwd: directory, now: () => Date.now(), ...overrides });
      const code = await runCli(args, host);
      return { code, out: host.out(), err: host.err() };
    },
    async stop() {
      await world.stop();
      await rm(directory, { recursive: true });
    },
  };
}

/** What an agent does with a snapshot, with a plan that is always the same. */
export async function storePlan(
  evidence: EvidenceStore,
  input: PlanChangeInput,
  overrides: Partial<Plan> = {},
): Promise<PlanSummary> {
  const { cluster, pattern: name, repository, snapshot, purpose } = input;
  const whole = purpose === 'uninstall' ? uninstallPlan() : samplePlan(overrides);
  const plan: Plan = { ...whole, cluster, pattern: name, repository, snapshot };
  return summarizePlan(plan, await evidence.putJson(plan));
}

/** The error of a cluster that is away, as an agent throws it. */
export function unreachable(): MeshwrightError {
  return new MeshwrightError(
    'CLUSTER_UNREACHABLE',
    'The cluster "local" cannot be reached: the connection was refused.',
    {
      where: 'cluster local',
      remedy: 'Check that the API server runs.',
    },
  );
}

/** The snapshot that a plan was made of. */
export function snapshotOf(engine: Engine, plan: Plan): Promise<PatternSnapshot> {
  return engine.evidence.getJson<PatternSnapshot>(plan.snapshot);
}
