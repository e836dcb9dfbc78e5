import { type ClusterClient, connectCluster } from '@meshwright/cluster';
import type { ServiceAccountReference } from '@meshwright/model';

/** The connections to one cluster, one for each identity. */
export interface TargetClients {
  /** What people call the cluster. */
  name: string;
  /** As a service account of the cluster, by impersonation; as the engine itself when none is named. */
  as(account?: ServiceAccountReference): ClusterClient;
  close(): Promise<void>;
}

/** Opens the connections of a target, each when it is first needed. @throws MeshwrightError INVALID_CONFIGURATION */
export function openClients(connection: Parameters<typeof connectCluster>[0]): TargetClients {
  const own = connectCluster(connection);
  const impersonating = new Map<string, ClusterClient>();
  return {
    name: connection.name,
    as(account) {
      if (account === undefined) return own;
      const impersonate = identityOf(account);
      const known = impersonating.get(impersonate.user);
      if (known !== undefined) return known;
      const client = connectCluster({ ...connection, impersonate });
      impersonating.set(impersonate.user, client);
      return client;
    },
    async close() {
      await Promise.all([own, ...impersonating.values()].map((client) => client.close()));
    },
  };
}

/** The user and groups of a service account, as the API server knows it (Kubernetes, "Authenticating"). */
function identityOf({ namespace, name }: ServiceAccountReference): { user: string; groups: string[] } {
  return {
    user: `system:serviceaccount:${namespace}:${name}`,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
  };
}
