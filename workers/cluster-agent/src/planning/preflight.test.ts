import { Change, type KubernetesObject, MeshwrightError, type ObjectReference } from '@meshwright/model';
import { describe, expect, it } from 'vitest';
import { disruptionCheck, dryRunCheck } from './preflight.ts';
import { emptyStage, plannedStage } from './stage.ts';

const workload: ObjectReference = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'a' };

function budget(name: string, status: object): KubernetesObject {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name, namespace: 'shop' },
    status,
  };
}

function listing(budgets: KubernetesObject[]) {
  return { list: () => Promise.resolve(budgets) };
}

describe('the look at PodDisruptionBudgets', () => {
  it('names those that allow no disruption of pods there are', async () => {
    const budgets = [
      budget('open', { disruptionsAllowed: 1, expectedPods: 2 }),
      budget('closed', { disruptionsAllowed: 0, expectedPods: 1 }),
      budget('of nothing', { disruptionsAllowed: 0, expectedPods: 0 }),
    ];
    expect(await disruptionCheck([workload], listing(budgets))).toEqual([
      {
        title: 'PodDisruptionBudgets',
        state: 'warning',
        note: 'workloads wait while these allow no disruption: PodDisruptionBudget shop/closed',
      },
    ]);
  });

  it('passes where none is in the way, and is left out where nothing restarts', async () => {
    expect(await disruptionCheck([workload], listing([]))).toMatchObject([{ state: 'passed' }]);
    expect(await disruptionCheck([], listing([]))).toEqual([]);
  });

  it('warns an identity that may not read them', async () => {
    const refusal = new MeshwrightError('CLUSTER_UNAUTHORIZED', 'somebody may not list them');
    const checks = await disruptionCheck([workload], { list: () => Promise.reject(refusal) });
    expect(checks).toMatchObject([
      { state: 'warning', note: 'they could not be read: somebody may not list them' },
    ]);
  });
});

it('says of how many objects the server was not asked', () => {
  const created = { object: workload, change: Change.create, fields: [] };
  const stage = emptyStage({ id: 's', title: 's', kind: 'apply', timeoutSeconds: 1 });
  const { note } = dryRunCheck([plannedStage(stage, [created, { ...created, predicted: true }])]);
  expect(note).toBe(
    'the API server accepts them: 2 to create, 0 to update, 0 to delete; 1 could not be asked about, because their namespace or kind comes with the plan',
  );
});
