import type { ServiceAccountReference } from '@meshwright/model';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Bench, openBench, type PlanParts } from './test-support/bench.ts';
import { configMap, namespaceObject } from './test-support/small-mesh.ts';

let bench: Bench;
let account: ServiceAccountReference;

beforeEach(async () => {
  bench = await openBench();
  account = { namespace: bench.namespace, name: 'deployer' };
  await bench.cluster.apply(namespaceObject(bench.namespace), { fieldManager: 'somebody' });
});

function asAccount(): PlanParts {
  return { resources: [configMap(bench.namespace, 'native')], spec: { serviceAccount: account } };
}

async function grant(rules: { apiGroups: string[]; resources: string[]; verbs: string[] }[]): Promise<void> {
  const rbac = 'rbac.authorization.k8s.io';
  const name = `${bench.namespace}-deployer`;
  const as = { fieldManager: 'somebody' };
  await bench.cluster.apply({ apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: { name }, rules }, as);
  await bench.cluster.apply(
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name },
      subjects: [{ kind: 'ServiceAccount', ...account }],
    },
    as,
  );
}

const everything = ['get', 'list', 'watch', 'create', 'patch', 'delete'];

describe('a pattern that names a service account', () => {
  it('is refused as long as that account lacks rights, with the account and the rule it needs', async () => {
    const planned = bench.plan(asAccount());
    await expect(planned).rejects.toMatchObject({ code: 'CLUSTER_UNAUTHORIZED' });
    await expect(planned).rejects.toThrow(`system:serviceaccount:${bench.namespace}:deployer`);
  });

  it('is planned and carried out with no more than the rights of that account', async () => {
    await grant([
      { apiGroups: [''], resources: ['namespaces', 'configmaps'], verbs: everything },
      { apiGroups: ['apps'], resources: ['deployments'], verbs: everything },
    ]);
    const plan = await bench.plan(asAccount());
    expect(plan.serviceAccount).toEqual(account);
    await bench.carryOut();
    const again = await bench.plan(asAccount());
    expect(again.action).toBe('none');
  });

  it('changes nothing that the account may only read', async () => {
    await grant([
      { apiGroups: [''], resources: ['namespaces', 'configmaps'], verbs: everything },
      { apiGroups: ['apps'], resources: ['deployments'], verbs: ['get', 'list'] },
    ]);
    const planned = bench.plan(asAccount());
    await expect(planned).rejects.toMatchObject({ code: 'CLUSTER_UNAUTHORIZED' });
    await expect(planned).rejects.toThrow(/does not allow ".*:deployer" to (patch|create) deployments/);
  });
});
