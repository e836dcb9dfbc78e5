import { setTimeout as sleep } from 'node:timers/promises';
import {
  formatReference,
  MeshwrightError,
  referenceOf,
  type KubernetesObject,
  type ObjectReference,
} from '@meshwright/model';
import { type ClusterClient } from './client.ts';
import { mapConcurrently } from './concurrency.ts';
import { budgetsOf, forbidsDisruption, hasReadyPods } from './disruption.ts';
import { bounded } from './lines.ts';
import { notReadyError, waitUntilReady } from './readiness.ts';
import { isRestarted, missingWorkload, refuseUnrestartable, rollPods } from './restart.ts';

export interface RestartWorkloadsOptions {
  /** Why, in a few words; kept on the pod templates. */
  reason: string;
  /** Names this restart, as an ISO time: a workload that carries it was restarted and is only waited for. */
  at: string;
  /** How many workloads restart at once, at least one. */
  atOnce: number;
  /** How long all of it may take in milliseconds, waiting included. */
  timeoutMs: number;
  /** Whether a workload that is gone is an error, which is the default, or left out. */
  missing?: 'refuse' | 'skip';
  signal?: AbortSignal | undefined;
  /** Called whenever something changes. */
  onProgress?: (progress: RestartProgress) => void;
}

export interface RestartProgress {
  /** Workloads that are restarted and ready. */
  done: number;
  total: number;
  /** What is being waited for, in words people are shown; at most ten. */
  waitingFor: string[];
}

export interface RestartResult {
  restarted: ObjectReference[];
  /** Those that are gone. */
  skipped: ObjectReference[];
}

/**
 * Restarts workloads in their order, a few at once: each waits until the PodDisruptionBudgets that protect its pods
 * allow a disruption, then its pods roll, and the next ones begin when these are ready. Two workloads under one budget
 * never restart together. Safe to repeat with the same time: it goes on where it stopped.
 * @throws MeshwrightError before anything restarts: UNSUPPORTED for other kinds than Deployment, StatefulSet and
 *   DaemonSet and for workloads that do not roll by themselves (OnDelete, paused), API_REFUSED for one that is gone; then NOT_READY, with the budget or the workload that did not let it go on.
 */
export async function restartWorkloads(
  client: ClusterClient,
  references: readonly ObjectReference[],
  options: RestartWorkloadsOptions,
): Promise<RestartResult> {
  const { at, signal, missing = 'refuse' } = options;
  const live = await mapConcurrently(references, 16, async (reference) => {
    const workload = await client.get(reference, signal);
    refuseUnrestartable(client, reference, workload);
    if (workload === undefined && missing === 'refuse') throw missingWorkload(client, reference);
    return workload;
  });
  const workloads = live.filter((workload) => workload !== undefined);
  const run = new RestartRun(client, workloads.length, options);
  const begun = workloads.filter((workload) => isRestarted(workload, at));
  if (begun.length > 0) await run.awaitReady(begun);
  let waiting = workloads.filter((workload) => !isRestarted(workload, at));
  while (waiting.length > 0) {
    const batch = await run.nextBatch(waiting);
    await run.restart(batch);
    waiting = waiting.slice(batch.length);
  }
  const gone = references.filter((_, index) => live[index] === undefined);
  return { restarted: run.restarted, skipped: [...gone, ...run.skipped] };
}

class RestartRun {
  readonly restarted: ObjectReference[] = [];
  readonly skipped: ObjectReference[] = [];
  readonly #client: ClusterClient;
  readonly #options: RestartWorkloadsOptions;
  readonly #total: number;
  readonly #startedAt = Date.now();

  constructor(client: ClusterClient, total: number, options: RestartWorkloadsOptions) {
    this.#client = client;
    this.#options = options;
    this.#total = total;
  }

  /** The first of the workloads that may restart together: as many as are asked for, no two under one budget. */
  async nextBatch(workloads: readonly KubernetesObject[]): Promise<KubernetesObject[]> {
    const batch: KubernetesObject[] = [];
    const used = new Set<string>();
    const lists = new Map<string, Promise<KubernetesObject[]>>();
    for (const workload of workloads) {
      if (batch.length === Math.max(1, this.#options.atOnce)) break;
      const namespace = workload.metadata.namespace ?? '';
      const list = lists.get(namespace) ?? this.#listBudgets(namespace);
      lists.set(namespace, list);
      const names = budgetsOf(workload, await list).map(nameOf);
      if (names.some((name) => used.has(name))) break;
      for (const name of names) used.add(name);
      batch.push(workload);
    }
    return batch;
  }

  /** Restarts the workloads of a batch, each as soon as its budgets allow it, and waits until they are ready. */
  async restart(batch: readonly KubernetesObject[]): Promise<void> {
    await this.#awaitBudgets(batch);
    const { signal, missing = 'refuse' } = this.#options;
    const rolled = await mapConcurrently(batch, batch.length, async (workload) => {
      signal?.throwIfAborted();
      const outcome = await rollPods(this.#client, workload, this.#options);
      if (outcome === 'restarted') return workload;
      if (missing === 'refuse') throw missingWorkload(this.#client, referenceOf(workload));
      this.skipped.push(referenceOf(workload));
      return undefined;
    });
    await this.awaitReady(rolled.filter((workload) => workload !== undefined));
  }

  async awaitReady(workloads: readonly KubernetesObject[]): Promise<void> {
    const { signal } = this.#options;
    const report = await waitUntilReady(this.#client, workloads, {
      timeoutMs: Math.max(0, this.#leftMs()),
      ...(signal === undefined ? {} : { signal }),
      onProgress: ({ waitingFor }) => {
        this.#tell(waitingFor);
      },
    });
    if (!report.ready) throw notReadyError(this.#client.name, report);
    this.restarted.push(...workloads.map(referenceOf));
    this.#tell([]);
  }

  async #awaitBudgets(batch: readonly KubernetesObject[]): Promise<void> {
    for (let delay = 100; ; delay = Math.min(1_000, delay * 2)) {
      const blocked = await this.#blocked(batch);
      if (blocked.length === 0) return;
      this.#tell(blocked.map(({ line }) => line));
      if (this.#leftMs() <= 0) throw this.#blockedError(blocked);
      await sleep(Math.min(delay, Math.max(1, this.#leftMs())));
      this.#options.signal?.throwIfAborted();
    }
  }

  async #blocked(batch: readonly KubernetesObject[]): Promise<Blocked[]> {
    const found = await mapConcurrently(batch, 8, async (workload) => {
      const budgets = await this.#listBudgets(workload.metadata.namespace ?? '');
      const forbidding = budgetsOf(workload, budgets).filter(forbidsDisruption);
      if (forbidding.length === 0) return [];
      const reference = referenceOf(workload);
      const live = await this.#client.get(reference, this.#options.signal);
      if (live === undefined || !hasReadyPods(live)) return [];
      return forbidding.map((budget) => ({
        line: `${formatReference(reference)}: waits for PodDisruptionBudget ${nameOf(budget)}`,
        budget: nameOf(budget),
      }));
    });
    return found.flat();
  }

  #listBudgets(namespace: string): Promise<KubernetesObject[]> {
    const query = { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', namespace };
    return this.#client.list({ ...query, signal: this.#options.signal });
  }

  #blockedError(blocked: readonly Blocked[]): MeshwrightError {
    const seconds = Math.round(this.#options.timeoutMs / 1000);
    const [first] = blocked;
    return new MeshwrightError(
      'NOT_READY',
      `${this.restarted.length} of ${this.#total} workloads on the cluster "${this.#client.name}" were restarted in ` +
        `${seconds} s. ${first?.line ?? ''}, which allows no disruption.`,
      {
        where: `cluster ${this.#client.name}`,
        lines: bounded(
          blocked.map(({ line }) => line),
          50,
        ),
        remedy: `Give the workload more replicas than PodDisruptionBudget ${first?.budget ?? ''} needs, or relax the budget; then try again.`,
      },
    );
  }

  #tell(waitingFor: readonly string[]): void {
    this.#options.onProgress?.({
      done: this.restarted.length,
      total: this.#total,
      waitingFor: bounded(waitingFor, 10),
    });
  }

  #leftMs(): number {
    return this.#startedAt + this.#options.timeoutMs - Date.now();
  }
}

/** A workload that a budget keeps from restarting. */
interface Blocked {
  line: string;
  /** `namespace/name` */
  budget: string;
}

function nameOf({ metadata }: KubernetesObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}
