import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { type Config, openSecrets } from '@meshwright/config';
import { type EvidenceStore, openEvidence } from '@meshwright/evidence';
import {
  type ApprovalPolicy,
  Message,
  type Person,
  type RepositoryStatus,
  TaskQueue,
  workflowId,
  WorkflowType,
} from '@meshwright/model';
import {
  asActivities,
  connectTemporal,
  ensureSearchAttributes,
  type RunningWorker,
  startWorker,
} from '@meshwright/temporal';
import { loadWorkflowBundle } from '@meshwright/workflow-bundle';
import { FakeRepository, FakeTargets } from '@meshwright/workflow-bundle/test-support/fakes';
import { sampleCommit } from '@meshwright/workflow-bundle/test-support/samples';
import { createNamespace, eventually, silentLogger } from '@meshwright/workflow-bundle/test-support/world';
import { type Gateway, type GatewayOptions, startGateway } from '../gateway.ts';
import { recordingLogger } from './logger.ts';
import { FakeChat, FakeForge, registryOf, signature } from './services.ts';

export const secrets = {
  hook: 'secret-of-the-hook-51f2',
  forge: 'secret-of-the-forge-8a1c',
  chat: 'secret-of-the-chat-77de',
  token: `token-of-the-program-${'x'.repeat(24)}`,
} as const;

/** Real workflows on a namespace of their own, and a gateway whose forge and chat are fakes. */
export interface World {
  client: Client;
  forge: FakeForge;
  chat: FakeChat;
  repository: FakeRepository;
  targets: FakeTargets;
  evidence: EvidenceStore;
  logger: ReturnType<typeof recordingLogger>;
  hints: string[];
  gateway(): Gateway;
  startGateway(options?: Partial<GatewayOptions>): Promise<void>;
  stopGateway(): Promise<void>;
  /** Has the watch of the repository `patterns` know this policy as the one that counts. */
  watch(policy?: ApprovalPolicy): Promise<void>;
  stop(): Promise<void>;
}

/** Starts everything but the gateway, against a Temporal server whose namespaces may be created at will. */
export async function startWorld(address: string, cacheDirectory: string): Promise<World> {
  const namespace = `gateway-${randomUUID()}`;
  const directory = await mkdtemp(join(tmpdir(), 'meshwright-gateway-'));
  const bundle = await loadWorkflowBundle({ cacheDirectory });
  await createNamespace(address, namespace);
  const connection = await connectTemporal({ address, namespace });
  await ensureSearchAttributes(connection.client.connection, { address, namespace });
  const common = { address, namespace, logger: silentLogger, graceSeconds: 1 };
  const [repository, targets] = [new FakeRepository(), new FakeTargets()];
  const [forge, chat] = [new FakeForge(), new FakeChat()];
  const workers = await Promise.all([
    startWorker({
      ...common,
      taskQueue: TaskQueue.orchestrator,
      workflowBundle: bundle,
    }),
    startWorker({
      ...common,
      taskQueue: TaskQueue.git,
      activities: asActivities(repository.activities, silentLogger),
    }),
    startWorker({
      ...common,
      taskQueue: TaskQueue.cluster('local'),
      activities: asActivities(targets.activities, silentLogger),
    }),
  ]);
  await Promise.all(workers.map(({ ready }: RunningWorker) => ready));
  const evidence = openEvidence({ directory: join(directory, 'evidence') });
  const logger = recordingLogger();
  const hints: string[] = [];
  let gateway: Gateway | undefined;
  return {
    client: connection.client,
    forge,
    chat,
    repository,
    targets,
    evidence,
    logger,
    hints,
    gateway() {
      if (gateway === undefined) throw new Error('No gateway runs.');
      return gateway;
    },
    async startGateway(options = {}) {
      gateway = await startGateway({
        config: sampleConfig(directory, { address, namespace }),
        temporal: { address, namespace },
        evidence,
        secrets: openSecrets({ environment: environmentOf(secrets) }),
        logger,
        onHint: (name) => hints.push(name),
        plugins: registryOf(forge, chat),
        limits: { remote: { perSecond: 10_000, burst: 10_000 } },
        ...options,
      });
      if (options.temporal === undefined) await gateway.ready;
    },
    async stopGateway() {
      await gateway?.stop();
      gateway = undefined;
    },
    async watch(policy = samplePolicy()) {
      const digest = await evidence.putJson(policy);
      const commit = sampleCommit('Say who approves');
      const reading = { commit, policy: { path: 'approvals.yaml', policy: digest, diagnostics: [] } };
      repository.moveTo([], reading);
      await connection.client.workflow.start(WorkflowType.repositoryWatch, {
        taskQueue: TaskQueue.orchestrator,
        workflowId: workflowId.repository('patterns'),
        args: [{ repository: 'patterns' }],
      });
      const handle = connection.client.workflow.getHandle(workflowId.repository('patterns'));
      await eventually('the policy counts', async () => {
        const status = await handle.query<RepositoryStatus>(Message.repositoryStatus);
        if (status.policy?.policy !== digest) throw new Error(status.waitingFor);
      });
    },
    async stop() {
      await gateway?.stop();
      await Promise.all(workers.map((worker) => worker.stop()));
      await connection.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function environmentOf(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name.toUpperCase(), value]));
}

/** A repository on a forge, told of in a chat; another with a plain webhook; one program. */
export function sampleConfig(directory: string, temporal: { address: string; namespace: string }): Config {
  const repository = {
    transport: 'https' as const,
    directory: 'patterns',
    intervalMs: 3_600_000,
    offerReverts: true,
  };
  return {
    path: join(directory, 'meshwright.yaml'),
    temporal: { ...temporal, ui: 'https://temporal.example.com' },
    repositories: [
      {
        ...repository,
        name: 'patterns',
        url: 'https://git.example.com/acme/patterns.git',
        branch: 'main',
        forge: { name: 'forge', project: 'acme/patterns' },
        chats: ['team'],
        approvals: 'approvals.yaml',
      },
      {
        ...repository,
        name: 'plain',
        url: 'https://git.example.com/acme/plain.git',
        chats: [],
        approvals: 'approvals.yaml',
        webhook: { provider: 'generic', secret: { env: 'HOOK' } },
      },
    ],
    forges: [
      {
        name: 'forge',
        type: 'gitea',
        url: 'https://git.example.com',
        credentials: { kind: 'token', token: { env: 'FORGE' } },
        webhookSecret: { env: 'FORGE' },
      },
    ],
    chats: [{ name: 'team', type: 'slack', channel: 'C1', token: { env: 'CHAT' }, secret: { env: 'CHAT' } }],
    gateway: {
      listen: { host: '127.0.0.1', port: 0 },
      tokens: [{ name: 'ci', token: { env: 'TOKEN' } }],
    },
    targets: [{ kind: 'kubeconfig', name: 'local', kubeconfig: '/nowhere' }],
    meshes: {},
    probes: { image: 'none' },
    charts: { helm: 'helm', cache: directory },
    evidence: { directory: join(directory, 'evidence') },
    results: { sqlite: join(directory, 'results.db') },
    log: { level: 'silent' },
  };
}

/** Ann and Bob with accounts of the chat, the forge and the API; Bob is an owner. */
export function samplePolicy(more: Partial<ApprovalPolicy> = {}): ApprovalPolicy {
  const people: Person[] = ['ann', 'bob', 'ci'].map((name) => ({
    name,
    emails: [`${name}@example.com`],
    accounts: ['team', 'forge', 'api'].map((service) => ({ service, id: name })),
  }));
  return {
    people,
    groups: { owners: { members: ['bob', 'ci'] } },
    changes: { approvers: ['group:owners'], quorum: 1, requiredGroups: [], expiresAfterSeconds: 3_600 },
    breakGlass: [],
    windows: [],
    ...more,
  };
}

/** Sends what a service sends, signed with its secret unless told. */
export function send(world: World, path: string, content: unknown, secret?: string): Promise<Response> {
  const body = typeof content === 'string' ? content : JSON.stringify(content);
  const own = path.startsWith('/chats/') ? secrets.chat : secrets.forge;
  return fetch(`${world.gateway().url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-signed': signature(body, secret ?? own) },
    body,
  });
}
