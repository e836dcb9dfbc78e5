import { Resolver } from 'node:dns/promises';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { messageOf } from '@meshwright/model';

import { answersOk, callApi, createObject, type ApiConnection } from '../control-plane/api-client.ts';
import type { ImageDefinition } from '../images/index.ts';
import type { ProcessGroup } from '../processes/process-group.ts';
import type { ProgressTask } from '../progress/progress.ts';
import { waitFor, type Condition } from '../wait.ts';
import { run } from './command.ts';
import { dnsObjects } from './dns.ts';
import type { NodeHousing } from './housing.ts';
import { CLUSTER_DOMAIN, kubeletConfig, kubeProxyConfig, NODE_NAME } from './kubernetes.ts';
import { inside } from './namespaces.ts';
import type { NodeNetwork } from './network.ts';
import { importImages, startContainerd, type RuntimePrograms } from './runtime.ts';

/** Paths of the programs a node is made of. */
export interface NodePrograms extends RuntimePrograms {
  readonly kubelet: string;
  readonly kubeProxy: string;
  readonly nft: string;
}

/** What a node needs to know of its control plane and its surroundings. */
export interface NodeOptions {
  readonly processes: ProcessGroup;
  readonly programs: NodePrograms;
  /** An administrator's connection to the API server. */
  readonly connection: ApiConnection;
  /** Path of the kubeconfig of the user `system:node:<NODE_NAME>`. Its server must be reachable from the node. */
  readonly kubeletKubeconfig: string;
  /** Path of the kubeconfig of the user `system:kube-proxy`. */
  readonly kubeProxyKubeconfig: string;
  /** Path of the certificate of the authority that signed the API server's client certificate for kubelets. */
  readonly certificateAuthority: string;
  readonly images: readonly ImageDefinition[];
  /** Where image archives are kept between testbeds. */
  readonly cacheDirectory: string;
  /** The step that starting the node is part of. */
  readonly task: ProgressTask;
  readonly signal?: AbortSignal | undefined;
}

const READY_SECONDS = 90;

/**
 * Starts a Kubernetes node in its housing: containerd, kubelet, kube-proxy and cluster DNS. What runs already is left
 * running. Returns when the node is Ready and DNS answers.
 *
 * @throws MeshwrightError `NOT_READY` with the last lines of the log of the program that did not become ready.
 */
export async function startNode(housing: NodeHousing, options: NodeOptions): Promise<void> {
  const { processes, programs, connection, images, cacheDirectory, task } = options;
  task.update({ done: 0, total: 5, detail: 'containerd' });
  await startContainerd(housing, programs, processes);
  task.update({ done: 1, detail: 'images' });
  await importImages(housing.paths.containerdSocket, programs.ctr, images, cacheDirectory);
  task.update({ done: 2, detail: 'kubelet' });
  await startKubelet(housing, options);
  task.update({ done: 3, detail: 'kube-proxy' });
  await startKubeProxy(housing, options);
  task.update({ done: 4, detail: 'cluster DNS' });
  await createDns(connection, housing.network);
  await waitFor(() => dnsAnswers(housing.network), {
    what: 'cluster DNS',
    seconds: READY_SECONDS,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
}

async function startKubelet({ init, paths, network }: NodeHousing, options: NodeOptions): Promise<void> {
  await mkdir(paths.kubeletRoot, { recursive: true });
  await writeFile(paths.kubeletConfig, kubeletConfig(paths, network, options.certificateAuthority));
  const [command, args] = inside(init, [
    options.programs.kubelet,
    `--config=${paths.kubeletConfig}`,
    `--kubeconfig=${options.kubeletKubeconfig}`,
    `--root-dir=${paths.kubeletRoot}`,
    `--cert-dir=${join(paths.kubeletRoot, 'pki')}`,
    `--hostname-override=${NODE_NAME}`,
    `--node-ip=${network.nodeAddress}`,
  ]);
  await options.processes.start({
    name: 'kubelet',
    command,
    args,
    ready: nodeReady(options.connection),
    readyWithinSeconds: READY_SECONDS,
  });
}

async function startKubeProxy({ init, paths, network }: NodeHousing, options: NodeOptions): Promise<void> {
  await writeFile(paths.kubeProxyConfig, kubeProxyConfig(network, options.kubeProxyKubeconfig));
  const [command, args] = inside(init, [options.programs.kubeProxy, `--config=${paths.kubeProxyConfig}`]);
  const [program, probe] = inside(init, [options.programs.nft, 'list', 'table', 'ip', 'kube-proxy']);
  await options.processes.start({
    name: 'kube-proxy',
    command,
    args,
    ready: async () => {
      try {
        await run(program, probe);
        return undefined;
      } catch (error) {
        return messageOf(error);
      }
    },
  });
}

/** Holds when kubelet answers through the API server and calls the node Ready; the object alone may be of an earlier run. */
function nodeReady(connection: ApiConnection): Condition {
  const path = `/api/v1/nodes/${NODE_NAME}`;
  const kubeletAnswers = answersOk(connection, `${path}/proxy/healthz`);
  return async (signal) => {
    const refusal = await kubeletAnswers(signal);
    if (refusal !== undefined) return refusal;
    const { body } = await callApi(connection, path, { signal });
    const { status } = JSON.parse(body) as { status?: { conditions?: NodeCondition[] } };
    const ready = status?.conditions?.find(({ type }) => type === 'Ready');
    return ready?.status === 'True' ? undefined : `Ready: ${ready?.message ?? 'not known yet'}`;
  };
}

interface NodeCondition {
  readonly type: string;
  readonly status: string;
  readonly message?: string;
}

async function createDns(connection: ApiConnection, network: NodeNetwork): Promise<void> {
  for (const { path, name, object } of dnsObjects(network)) {
    const isThere = (await callApi(connection, `${path}/${name}`)).status === 200;
    if (!isThere) await createObject(connection, path, object);
  }
}

/** Asks as a pod would, through the Service; the way from this machine leads over kube-proxy too. */
async function dnsAnswers(network: NodeNetwork): Promise<string | undefined> {
  const resolver = new Resolver({ timeout: 1000, tries: 1 });
  resolver.setServers([network.dnsAddress]);
  try {
    const [address] = await resolver.resolve4(`kubernetes.default.svc.${CLUSTER_DOMAIN}`);
    return address === network.apiServiceAddress
      ? undefined
      : `the API server's name means ${address ?? 'nothing'}`;
  } catch (error) {
    return messageOf(error);
  }
}
