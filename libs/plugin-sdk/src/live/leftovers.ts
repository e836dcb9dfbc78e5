import { type KubernetesObject, type Leftover, referenceOf } from '@meshwright/model';
import type { ClusterPort, ListQuery } from '../ports.ts';
import { ourManager } from './managers.ts';

/** Objects that a mesh makes by itself: where they are, and how to know them among the others there. */
export interface MadeByMesh {
  query: ListQuery;
  isMade: (object: KubernetesObject) => boolean;
}

/** What of that is on the cluster, in the order of the queries. */
export async function listMade(
  made: readonly MadeByMesh[],
  cluster: ClusterPort,
): Promise<KubernetesObject[]> {
  const found = await Promise.all(
    made.map(async ({ query, isMade }) => (await cluster.list(query)).filter(isMade)),
  );
  return found.flat();
}

/** Live objects as leftovers of a mesh, but for those that Meshwright applied: they are in its inventory. */
export function leftoversAmong(
  objects: readonly KubernetesObject[],
  managerOf: (object: KubernetesObject) => string,
): Leftover[] {
  return objects
    .filter((object) => managerOf(object) !== ourManager)
    .flatMap((object) => {
      const { uid } = object.metadata;
      return uid === undefined ? [] : [{ ...referenceOf(object), uid }];
    });
}
