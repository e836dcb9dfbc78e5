import { MeshwrightError } from '@meshwright/model';
import { isServerStatus, refusalError } from './api-errors.ts';
import type { ClusterClient } from './client.ts';
import { segment } from './paths.ts';

/** A counter and what was in use, as a kubelet saw them at one moment of its own clock. */
export interface UsageSample {
  /** Milliseconds since 1970. */
  at: number;
  /** Seconds of processor time since it began. */
  cpuSeconds: number;
  /** Bytes in use that cannot be given back (the working set). */
  memory: number;
}

/** What a node and the containers on it have used so far. */
export interface NodeUsage {
  node?: UsageSample;
  /** By {@link containerKey}. */
  containers: ReadonlyMap<string, UsageSample>;
}

/** What a container is known by on its cluster. */
export interface ContainerPlace {
  namespace: string;
  pod: string;
  container: string;
}

/** A node with the most pods that Kubernetes takes has a tenth of that. */
const mostBytes = 8 * 1024 ** 2;
const patienceMs = 5_000;

/**
 * Asks a node's kubelet, through the API server, what the node and its containers have used so far (`/metrics/resource`:
 * its metrics are declared stable, and unlike those of the summary its times have milliseconds). A kubelet may answer from
 * its cache, which it renews every 10 to 20 seconds; the samples say when they were taken. It takes the right to
 * `get nodes/proxy`, and 5 s at most.
 * @throws MeshwrightError CLUSTER_UNAUTHORIZED without that right, API_REFUSED when the node has no kubelet or it refuses.
 */
export async function readNodeUsage(
  { name, transport }: ClusterClient,
  node: string,
  signal?: AbortSignal,
): Promise<NodeUsage> {
  const { status, body } = await transport.send({
    method: 'GET',
    path: `/api/v1/nodes/${segment(node)}/proxy/metrics/resource`,
    headers: { accept: 'text/plain' },
    once: true,
    timeoutMs: patienceMs,
    maxBytes: mostBytes,
    signal,
  });
  if (status === 200) return parseResourceMetrics(body);
  const object = { apiVersion: 'v1', kind: 'Node', name: node };
  if (isServerStatus(body)) {
    const resource = { group: '', plural: 'nodes/proxy' };
    throw refusalError({ cluster: name, verb: 'get', object, resource }, status, body);
  }
  throw new MeshwrightError('API_REFUSED', `The kubelet of the node ${node} answered ${status}.`, {
    where: `cluster ${name}`,
  });
}

/** A text that no other container has. */
export function containerKey({ namespace, pod, container }: ContainerPlace): string {
  return `${namespace}/${pod}/${container}`;
}

const line = /^(?<name>\w+)(?:\{(?<labels>[^}]*)\})? (?<value>\S+) (?<at>-?\d+)$/;
const label = /(?<name>\w+)="(?<value>[^"\\]*)"/g;

/** Reads the kubelet's text; what is not known is left out, and so is a sample with only one of its two figures. */
export function parseResourceMetrics(text: string): NodeUsage {
  const nodes = new Map<string, Partial<UsageSample>>();
  const containers = new Map<string, Partial<UsageSample>>();
  for (const each of text.split('\n')) {
    const { name = '', labels = '', value = '', at = '' } = line.exec(each)?.groups ?? {};
    const figure = Number(value);
    if (name === '' || !Number.isFinite(figure)) continue;
    const found = metrics[name];
    if (found === undefined) continue;
    const key = found.of === 'node' ? '' : containerOf(labels);
    if (key === undefined) continue;
    const samples = found.of === 'node' ? nodes : containers;
    const sample = samples.get(key) ?? {};
    // The two figures of a sample are taken together; the counter's time is the one that is reckoned with.
    samples.set(key, { ...sample, ...found.field(figure, Number(at)) });
  }
  const node = complete(nodes).get('');
  return { containers: complete(containers), ...(node === undefined ? {} : { node }) };
}

interface Reading {
  of: 'node' | 'container';
  field(figure: number, at: number): Partial<UsageSample>;
}

const cpu = (figure: number, at: number) => ({ cpuSeconds: figure, at });
const memory = (figure: number) => ({ memory: figure });

/** k8s.io/kubernetes, pkg/kubelet/metrics/collectors/resource_metrics.go. */
const metrics: Readonly<Record<string, Reading | undefined>> = {
  node_cpu_usage_seconds_total: { of: 'node', field: cpu },
  node_memory_working_set_bytes: { of: 'node', field: memory },
  container_cpu_usage_seconds_total: { of: 'container', field: cpu },
  container_memory_working_set_bytes: { of: 'container', field: memory },
};

function containerOf(labels: string): string | undefined {
  const named = new Map([...labels.matchAll(label)].map(({ groups = {} }) => [groups.name, groups.value]));
  const [namespace, pod, container] = [named.get('namespace'), named.get('pod'), named.get('container')];
  if (namespace === undefined || pod === undefined || container === undefined) return undefined;
  return containerKey({ namespace, pod, container });
}

function complete(samples: ReadonlyMap<string, Partial<UsageSample>>): Map<string, UsageSample> {
  const whole = new Map<string, UsageSample>();
  for (const [key, { at, cpuSeconds, memory: bytes }] of samples) {
    if (at === undefined || cpuSeconds === undefined || bytes === undefined) continue;
    whole.set(key, { at, cpuSeconds, memory: bytes });
  }
  return whole;
}
