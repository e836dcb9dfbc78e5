import { type KubernetesObject, isMeshwrightError } from '@meshwright/model';
import type { ClusterPort, ListQuery } from '@meshwright/plugin-sdk';
import type { Part } from './view.ts';

/** What was listed of the cluster, by part; a list that the identity may not have is remembered with the reason. */
export class Lists {
  readonly unread = new Map<Part, string>();
  readonly #cluster: ClusterPort;
  readonly #objects = new Map<Part, KubernetesObject[]>();

  constructor(cluster: ClusterPort) {
    this.#cluster = cluster;
  }

  /** Lists a kind into a part; several kinds may go into one. */
  async read(part: Part, { apiVersion, kind, namespace, labelSelector }: ListQuery): Promise<void> {
    try {
      const query = {
        apiVersion,
        kind,
        ...(namespace === undefined ? {} : { namespace }),
        ...(labelSelector === undefined ? {} : { labelSelector }),
      };
      const objects = await this.#cluster.list(query);
      this.#objects.set(part, [...this.of(part), ...objects]);
    } catch (error) {
      if (!isMeshwrightError(error) || error.code !== 'CLUSTER_UNAUTHORIZED') throw error;
      this.unread.set(part, error.message);
    }
  }

  of(part: Part): readonly KubernetesObject[] {
    return this.#objects.get(part) ?? [];
  }

  all(): KubernetesObject[] {
    return [...this.#objects.values()].flat();
  }
}
