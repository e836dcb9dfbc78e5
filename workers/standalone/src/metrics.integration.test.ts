import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { loadConfig } from '@meshwright/config';
import { createLogger } from '@meshwright/telemetry';
import { testServerAddress } from '@meshwright/workflow-bundle/test-support/server';
import { createNamespace, eventually } from '@meshwright/workflow-bundle/test-support/world';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startStandalone, type Standalone } from './standalone.ts';

const logger = createLogger({ name: 'test', level: 'silent' });
let directory: string;
let repository: string;
let namespace: string;
let running: Pick<Standalone, 'stop'> | undefined;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'meshwright-metrics-'));
  namespace = `metrics-${randomUUID()}`;
  await createNamespace(testServerAddress(), namespace);
  repository = await commitPatterns();
});
afterEach(async () => {
  await running?.stop();
  running = undefined;
  await rm(directory, { recursive: true });
});

/** One pattern that is invalid, and one whose cluster nobody answers for. */
async function commitPatterns(): Promise<string> {
  const place = join(directory, 'patterns-repository');
  await mkdir(join(place, 'patterns'), { recursive: true });
  await writeFile(join(place, 'patterns/broken.yaml'), 'kind: Pattern\n');
  await writeFile(join(place, 'patterns/shop.yaml'), pattern);
  const identity = ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.com'];
  for (const args of [
    ['init', '-q', '-b', 'main'],
    ['add', '.'],
    [...identity, 'commit', '-q', '-m', 'first'],
  ]) {
    await promisify(execFile)('git', ['-C', place, ...args]);
  }
  return place;
}

const pattern = `apiVersion: meshwright.dev/v1alpha1
kind: Pattern
metadata: { name: shop-mesh }
spec:
  targets: [{ cluster: nowhere }]
  mesh: { type: istio, version: 1.31.0, mode: sidecar }
`;

const kubeconfig = `apiVersion: v1
kind: Config
current-context: c
clusters: [{ name: c, cluster: { server: "http://127.0.0.1:1" } }]
contexts: [{ name: c, context: { cluster: c, user: u } }]
users: [{ name: u, user: { token: not-for-anyone } }]
`;

async function configure(metrics: string): Promise<string> {
  const path = join(directory, 'meshwright.yaml');
  await writeFile(join(directory, 'kubeconfig'), kubeconfig);
  await writeFile(
    path,
    `temporal: { address: "${testServerAddress()}", namespace: ${namespace} }
repositories: [{ name: platform, url: "${repository}", directory: patterns, interval: 1s }]
targets: [{ name: nowhere, kubeconfig: kubeconfig }]
${metrics}
`,
  );
  return path;
}

async function start(metrics: string): Promise<Standalone> {
  const config = await loadConfig({ path: await configure(metrics), environment: {} });
  const standalone = await startStandalone({ config, logger });
  running = standalone;
  return standalone;
}

/** The SDK serves its metrics from the start of a process, so this engine has a process of its own. */
async function startProcess(metrics: string): Promise<void> {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  const engine = spawn(process.execPath, [main, '--config', await configure(metrics)], { stdio: 'ignore' });
  const ended = once(engine, 'exit');
  running = {
    async stop() {
      engine.kill('SIGTERM');
      await ended;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function scrape(url: string): Promise<string> {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  return response.text();
}

describe('the metrics of a running engine', () => {
  it('tell what it has seen and done, and nothing that must stay in it', async () => {
    const [own, sdkOwn] = [await freePort(), await freePort()];
    await startProcess(`metrics: { listen: "127.0.0.1:${own}", temporal: "127.0.0.1:${sdkOwn}" }`);
    const text = await eventually('the rollouts are on their way', async () => {
      const scraped = await scrape(`http://127.0.0.1:${own}/metrics`);
      expect(scraped).toMatch(
        /^meshwright_rollouts_total\{pattern="[^"]+",purpose="apply",phase="invalid"\} 1$/m,
      );
      expect(scraped).toMatch(
        /^meshwright_activity_failures_total\{activity="planChange",code="CLUSTER_UNREACHABLE"\}/m,
      );
      return scraped;
    });
    expect(text).toMatch(/^meshwright_build_info\{version="\d+\.\d+\.\d+",node="v24[.\d]*"\} 1$/m);
    expect(text).toMatch(/^meshwright_rollout_duration_seconds_count\{phase="invalid"\} 1$/m);
    expect(text).toMatch(/^meshwright_activities_total\{activity="readCommit",outcome="completed"\} [1-9]/m);
    expect(text).toMatch(/^meshwright_repository_looks_total\{repository="platform",result="seen"\} [1-9]/m);
    expect(text).toMatch(
      /^meshwright_repository_last_success_timestamp_seconds\{repository="platform"\} \d{10}/m,
    );
    expect(text).toMatch(/^meshwright_repository_commits_total\{repository="platform"\} 1$/m);
    expect(text).toMatch(/^meshwright_patterns_read_total\{repository="platform",validity="invalid"\} 1$/m);
    expect(text).toMatch(
      /^meshwright_kubernetes_requests_total\{cluster="nowhere",method="GET",status="none"\} [1-9]/m,
    );
    expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
    // Neither commits nor credentials are labels.
    expect(text).not.toMatch(/[0-9a-f]{40}/);
    expect(text).not.toContain('not-for-anyone');
    const sdk = await scrape(`http://127.0.0.1:${sdkOwn}/metrics`);
    // As the dashboard asks for them.
    expect(sdk).toMatch(/^temporal_worker_task_slots_available\{[^}]*task_queue="git"[^}]*worker_type="/m);
    expect(sdk).toMatch(
      /^temporal_activity_schedule_to_start_latency_seconds_bucket\{[^}]*task_queue="git"/m,
    );
    expect(sdk).toMatch(
      /^temporal_workflow_task_schedule_to_start_latency_seconds_bucket\{[^}]*task_queue="/m,
    );
  });

  it('are gone when it stops, and are not served where nobody asked for them', async () => {
    const standalone = await start('metrics: { listen: "127.0.0.1:0" }');
    const { url } = standalone.metrics!;
    await standalone.stop();
    await expect(fetch(url)).rejects.toThrow();
    expect((await start('')).metrics).toBeUndefined();
  });

  it('are refused at an address that is taken, and nothing is left running', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as AddressInfo;
    await expect(start(`metrics: { listen: "127.0.0.1:${port}" }`)).rejects.toMatchObject({
      code: 'INVALID_CONFIGURATION',
      message: expect.stringContaining(String(port)) as string,
    });
    taken.close();
  });
});
