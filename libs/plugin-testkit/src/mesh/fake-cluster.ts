import { type KubernetesObject, MeshwrightError } from '@meshwright/model';
import type { ClusterPort, ListQuery, PluginContext, PodRequest } from '@meshwright/plugin-sdk';

/** What a {@link fakeContext} holds. */
export interface FakeCluster {
  objects?: KubernetesObject[];
  /** What pods answer, by `<namespace>/<pod>:<port>`; others refuse the connection. */
  answers?: Record<string, string>;
  /** Kinds that are not served, as `apiVersion/kind`. */
  missingKinds?: string[];
}

/** A cluster that holds the given objects and answers as an API server would. */
export function fakeContext(cluster: FakeCluster = {}): PluginContext {
  const port: ClusterPort = {
    version: () => Promise.resolve('v1.36.3'),
    serves: (apiVersion, kind) =>
      Promise.resolve(!(cluster.missingKinds ?? []).includes(`${apiVersion}/${kind}`)),
    get: (reference) =>
      Promise.resolve(
        (cluster.objects ?? []).find(
          ({ kind, metadata }) =>
            kind === reference.kind &&
            metadata.name === reference.name &&
            metadata.namespace === reference.namespace,
        ),
      ),
    list: (query) => Promise.resolve((cluster.objects ?? []).filter((object) => matches(object, query))),
    getFromPod: (request) => Promise.resolve(answerOf(cluster, request)),
  };
  return {
    cluster: port,
    charts: { template: () => Promise.reject(new Error('no chart is rendered in this test')) },
    signal: new AbortController().signal,
  };
}

function matches({ kind, apiVersion, metadata }: KubernetesObject, query: ListQuery): boolean {
  if (kind !== query.kind || apiVersion !== query.apiVersion) return false;
  if (query.namespace !== undefined && metadata.namespace !== query.namespace) return false;
  // Commas inside brackets belong to one term.
  const wanted = (query.labelSelector ?? '').split(/,(?![^(]*\))/).filter((term) => term !== '');
  return wanted.every((term) => isHeld(term, metadata.labels ?? {}));
}

function isHeld(term: string, labels: Record<string, string>): boolean {
  const [, without, values = ''] = /^(\S+) notin \((.*)\)$/.exec(term) ?? [];
  if (without !== undefined) return !values.split(',').includes(labels[without] ?? '');
  const [key = '', value] = term.split('=');
  return value === undefined ? key in labels : labels[key] === value;
}

function answerOf({ answers }: FakeCluster, { namespace, pod, port }: PodRequest): string {
  const answer = answers?.[`${namespace}/${pod}:${port}`];
  if (answer !== undefined) return answer;
  throw new MeshwrightError('API_REFUSED', `The API server could not reach ${namespace}/${pod}:${port}.`);
}
