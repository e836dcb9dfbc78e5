import type { ClusterClient } from '@meshwright/cluster';
import type { TrialCluster } from '@meshwright/plugin-testkit';

/** A cluster with the writing that a suite needs. */
export function writable(client: ClusterClient): TrialCluster {
  return {
    version: () => client.version(),
    serves: (apiVersion, kind) => client.serves(apiVersion, kind),
    get: (reference) => client.get(reference),
    list: (query) => client.list(query),
    getFromPod: (request) => client.getFromPod(request),
    async apply(object, fieldManager) {
      await client.apply(object, { fieldManager, force: true });
    },
    async patch(reference, patch, fieldManager) {
      await client.mergePatch(reference, patch, { fieldManager });
    },
    async remove(reference) {
      const live = await client.get(reference);
      if (live !== undefined) await client.delete(reference, live.metadata.uid ?? '');
    },
  };
}
