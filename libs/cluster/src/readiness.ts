import { setTimeout as sleep } from 'node:timers/promises';
import {
  formatReference,
  groupOf,
  MeshwrightError,
  referenceKey,
  referenceOf,
  type KubernetesObject,
  type ObjectReference,
} from '@meshwright/model';
import { type ClusterClient } from './client.ts';
import { mapConcurrently } from './concurrency.ts';
import { failed, inProgress, type ObjectState, type ObjectStatus } from './conditions.ts';
import { cannotPullImages, diagnose } from './diagnosis.ts';
import { hasReadyEndpoint, webhookServices } from './endpoints.ts';
import { bounded } from './lines.ts';
import { hasStatus, statusOf } from './status.ts';
import { observe, type Observation } from './watch.ts';

/** Where one object stands; `remedy` where something can be done about it. */
export interface ObjectReadiness {
  object: ObjectReference;
  state: ObjectState;
  message: string;
  remedy?: string;
}

export interface ReadinessReport {
  /** True when every object is current. */
  ready: boolean;
  /** In the order they were asked for. */
  objects: ObjectReadiness[];
  waitedMs: number;
}

export interface ReadinessOptions {
  timeoutMs: number;
  signal?: AbortSignal;
  /** How long images may fail to be pulled, in milliseconds, before that counts as a failure; default a minute. */
  imagePatienceMs?: number;
  /** Called whenever the state of an object changes, or the cluster stops or begins to answer. */
  onProgress?: (progress: ReadinessProgress) => void;
}

export interface ReadinessProgress {
  ready: number;
  total: number;
  /** What is not current yet, in words people are shown; at most ten. */
  waitingFor: string[];
}

/**
 * Waits until all objects are current ({@link statusOf}), one has failed, or the time is over. Uses one watch for each
 * kind and namespace, and none where everything is current already. What is not current is explained from its pods and
 * events. An empty list is ready at once.
 * @throws the signal's reason on abort; MeshwrightError CLUSTER_UNAUTHORIZED, and CLUSTER_UNREACHABLE when the cluster
 *   does not answer at the end.
 */
export async function waitUntilReady(
  client: ClusterClient,
  objects: readonly (ObjectReference | KubernetesObject)[],
  options: ReadinessOptions,
): Promise<ReadinessReport> {
  options.signal?.throwIfAborted();
  const startedAt = performance.now();
  const wait = new ReadinessWait(client, await referencesOf(client, objects), options);
  await wait.run();
  const states = wait.states();
  const explained = await mapConcurrently(states, 4, (state) =>
    explain(client, state, wait.liveOf(state.object)),
  );
  return {
    ready: states.every(({ state }) => state === 'current'),
    objects: explained,
    waitedMs: Math.round(performance.now() - startedAt),
  };
}

/** The error of a report that is not ready: names every object that is not, why, and what to do. */
export function notReadyError(cluster: string, report: ReadinessReport): MeshwrightError {
  const unready = report.objects.filter(({ state }) => state !== 'current');
  const [first] = [...unready.filter(({ state }) => state === 'failed'), ...unready];
  const lines = unready.map(({ object, message }) => `${formatReference(object)}: ${message}`);
  const headline =
    first === undefined ? 'nothing is waited for' : `${formatReference(first.object)}: ${first.message}`;
  const seconds = Math.round(report.waitedMs / 1000);
  return new MeshwrightError(
    'NOT_READY',
    `${unready.length} of ${report.objects.length} objects on the cluster "${cluster}" are not ready after ${seconds} s. ${headline}`,
    {
      where: `cluster ${cluster}`,
      lines: bounded(lines, 50),
      ...(first?.remedy === undefined ? {} : { remedy: first.remedy }),
    },
  );
}

const defaultImagePatienceMs = 60_000;
/** How often pods are looked at for their images. */
const imageLookMs = 5_000;

class ReadinessWait {
  readonly #client: ClusterClient;
  readonly #targets: ObjectReference[];
  readonly #options: ReadinessOptions;
  /** What is live, by group (a kind in a namespace) and then by key. */
  readonly #live = new Map<string, Map<string, KubernetesObject>>();
  readonly #statuses = new Map<string, ObjectStatus>();
  /** Workloads whose images could not be pulled for too long. */
  readonly #imageless = new Set<string>();
  readonly #stop = new AbortController();
  /** Over by result, by time or by the caller. */
  readonly #ended: AbortSignal;
  readonly #observers: Promise<void>[] = [];
  /** Groups of which nothing was heard yet. */
  readonly #unheard = new Set<string>();
  readonly #heard = Promise.withResolvers<undefined>();
  #failure: unknown;
  #interruption: MeshwrightError | undefined;
  #shown: string | undefined;

  constructor(client: ClusterClient, targets: ObjectReference[], options: ReadinessOptions) {
    this.#client = client;
    this.#targets = targets;
    this.#options = options;
    const { signal } = options;
    this.#ended = signal === undefined ? this.#stop.signal : AbortSignal.any([signal, this.#stop.signal]);
    this.#ended.addEventListener('abort', () => this.#heard.resolve(undefined), { once: true });
  }

  async run(): Promise<void> {
    const { signal, timeoutMs } = this.#options;
    for (const members of Map.groupBy(this.#targets, groupKey).values()) this.#follow(members);
    if (this.#targets.length === 0) this.#stop.abort();
    const images = this.#lookForImages();
    await sleep(timeoutMs, undefined, { signal: this.#ended }).catch(() => undefined);
    this.#stop.abort();
    await Promise.all([...this.#observers, images]);
    signal?.throwIfAborted();
    const failure = this.#failure ?? (this.#isOver() ? undefined : this.#interruption);
    if (failure !== undefined) throw failure as Error;
  }

  states(): ObjectReadiness[] {
    return this.#targets.map((object) => ({
      object,
      ...(this.#statuses.get(referenceKey(object)) ?? inProgress('the cluster was not heard about it')),
    }));
  }

  liveOf(reference: ObjectReference): KubernetesObject | undefined {
    return this.#live.get(groupKey(reference))?.get(referenceKey(reference));
  }

  #follow(members: readonly ObjectReference[]): void {
    const [first, ...others] = members;
    if (first === undefined) return;
    const { name, ...query } = first;
    const targets = new Map(members.map((member) => [referenceKey(member), member]));
    const only = others.length === 0 ? { fieldSelector: `metadata.name=${name}` } : {};
    this.#observe(groupKey(first), { ...query, ...only }, (changed) => {
      const affected =
        changed === undefined ? members : [targets.get(changed)].filter((target) => target !== undefined);
      for (const target of affected) this.#judge(target);
    });
  }

  #judge(target: ObjectReference): void {
    const live = this.liveOf(target);
    const status = this.#imageless.has(referenceKey(target))
      ? failed('its pods cannot get their images')
      : statusOf(live);
    const ready = live !== undefined && status.state === 'current';
    this.#statuses.set(referenceKey(target), ready ? (this.#backendStatus(live) ?? status) : status);
  }

  /** A webhook refuses everything it is asked about while nothing answers behind its Service. */
  #backendStatus(webhooks: KubernetesObject): ObjectStatus | undefined {
    for (const { namespace, name } of webhookServices(webhooks)) {
      const slices = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', namespace };
      const group = groupKey({ ...slices, name });
      if (!this.#live.has(group)) {
        this.#observe(group, slices, () => {
          for (const target of this.#targets)
            if (groupOf(target.apiVersion) === admissionGroup) this.#judge(target);
        });
      }
      if (!hasReadyEndpoint([...(this.#live.get(group)?.values() ?? [])], name)) {
        return inProgress(`no pod of its Service ${namespace}/${name} is ready`);
      }
    }
    return undefined;
  }

  /** Pods whose images cannot be pulled try for ever; after a while that is a failure, as Argo CD has it. */
  async #lookForImages(): Promise<void> {
    const { imagePatienceMs = defaultImagePatienceMs } = this.#options;
    const failing = new Map<string, number>();
    while (!this.#ended.aborted) {
      for (const target of this.#targets) {
        const key = referenceKey(target);
        const live = this.liveOf(target);
        const waits = live !== undefined && this.#statuses.get(key)?.state === 'inProgress';
        const fails = waits && (await cannotPullImages(this.#client, live, this.#ended));
        const since = fails ? (failing.get(key) ?? Date.now()) : undefined;
        if (since === undefined) failing.delete(key);
        else failing.set(key, since);
        if (since === undefined || Date.now() - since < imagePatienceMs) continue;
        this.#imageless.add(key);
        this.#judge(target);
        this.#stop.abort();
      }
      await sleep(Math.min(imageLookMs, imagePatienceMs), undefined, { signal: this.#ended }).catch(
        () => undefined,
      );
    }
  }

  /** Keeps the objects of a query and says what changed: one object by its key, or all (undefined). */
  #observe(
    group: string,
    query: Parameters<typeof observe>[1],
    onChange: (changed: string | undefined) => void,
  ): void {
    this.#live.set(group, new Map());
    this.#unheard.add(group);
    const headers = !hasStatus(query);
    const follow = async (): Promise<void> => {
      for await (const observation of observe(this.#client, query, this.#ended, { headers })) {
        this.#interruption = observation.type === 'interrupted' ? observation.error : undefined;
        if (observation.type !== 'interrupted' && observation.type !== 'resumed')
          onChange(this.#record(group, observation));
        this.#report();
        if (this.#isOver()) this.#stop.abort();
        await this.#untilAllHeard(group);
      }
    };
    this.#observers.push(
      follow().catch((error: unknown) => {
        this.#failure ??= error;
        this.#stop.abort();
      }),
    );
  }

  /** A watch is opened when every list was seen: until then all may be current, and none is needed. */
  async #untilAllHeard(group: string): Promise<void> {
    this.#unheard.delete(group);
    if (this.#unheard.size === 0) this.#heard.resolve(undefined);
    await this.#heard.promise;
  }

  #record(
    group: string,
    observation: Exclude<Observation, { type: 'interrupted' | 'resumed' }>,
  ): string | undefined {
    if (observation.type === 'snapshot') {
      const byKey = observation.objects.map((object) => [referenceKey(referenceOf(object)), object] as const);
      this.#live.set(group, new Map(byKey));
      return undefined;
    }
    const key = referenceKey(referenceOf(observation.object));
    if (observation.type === 'deleted') this.#live.get(group)?.delete(key);
    else this.#live.get(group)?.set(key, observation.object);
    return key;
  }

  #isOver(): boolean {
    const states = this.#targets.map((target) => this.#statuses.get(referenceKey(target))?.state);
    return states.includes('failed') || states.every((state) => state === 'current');
  }

  #report(): void {
    const { onProgress } = this.#options;
    const unheard = this.#targets.some((target) => !this.#statuses.has(referenceKey(target)));
    if (onProgress === undefined || (unheard && this.#interruption === undefined)) return;
    const waiting = this.states().filter(({ state }) => state !== 'current');
    const lines = [
      ...(this.#interruption === undefined ? [] : [this.#interruption.message]),
      ...waiting.map(({ object, message }) => `${formatReference(object)}: ${message}`),
    ];
    const shown = lines.join('\n');
    if (shown === this.#shown) return;
    this.#shown = shown;
    const total = this.#targets.length;
    onProgress({ ready: total - waiting.length, total, waitingFor: bounded(lines, 10) });
  }
}

const admissionGroup = 'admissionregistration.k8s.io';

async function explain(
  client: ClusterClient,
  readiness: ObjectReadiness,
  live: KubernetesObject | undefined,
): Promise<ObjectReadiness> {
  if (readiness.state === 'current' || live === undefined) return readiness;
  const finding = await diagnose(client, live);
  if (finding === undefined) return readiness;
  return { ...readiness, message: `${readiness.message}. ${finding.message}`, remedy: finding.remedy };
}

function groupKey({ apiVersion, kind, namespace }: ObjectReference): string {
  return [apiVersion, kind, namespace ?? ''].join(' ');
}

/** The references, without a namespace where their kind has none. */
async function referencesOf(
  client: ClusterClient,
  objects: readonly (ObjectReference | KubernetesObject)[],
): Promise<ObjectReference[]> {
  const { byVersion } = await client.discovery.served();
  return objects.map((object) => {
    const { namespace, ...reference } = isObject(object) ? referenceOf(object) : object;
    const namespaced = byVersion.get(`${reference.apiVersion}/${reference.kind}`)?.namespaced ?? true;
    return namespaced && namespace !== undefined ? { ...reference, namespace } : reference;
  });
}

function isObject(object: ObjectReference | KubernetesObject): object is KubernetesObject {
  return 'metadata' in object;
}
