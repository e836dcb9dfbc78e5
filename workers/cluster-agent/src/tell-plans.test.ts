import type { PlanChangeInput, PlanSummary, TargetActivities } from '@meshwright/model';
import { expect, it } from 'vitest';
import { tellPlans } from './tell-plans.ts';

const input = { cluster: 'local', pattern: 'shop', purpose: 'apply' } as PlanChangeInput;

it('tells of a plan what it does and how much drift it found, and gives it on', async () => {
  const told: object[] = [];
  for (const plan of [{ action: 'configure', drifted: 2 }, { action: 'none' }] as PlanSummary[]) {
    const activities = tellPlans<Pick<TargetActivities, 'planChange'>>(
      { planChange: () => Promise.resolve(plan) },
      { planned: (made) => told.push(made) },
    );
    expect(await activities.planChange(input)).toBe(plan);
  }
  expect(told).toEqual([
    { cluster: 'local', pattern: 'shop', purpose: 'apply', action: 'configure', drifted: 2 },
    { cluster: 'local', pattern: 'shop', purpose: 'apply', action: 'none', drifted: 0 },
  ]);
});

it('tells nothing of a plan that could not be made', async () => {
  const told: object[] = [];
  const activities = tellPlans<Pick<TargetActivities, 'planChange'>>(
    { planChange: () => Promise.reject(new Error('no')) },
    { planned: (made) => told.push(made) },
  );
  await expect(activities.planChange(input)).rejects.toThrow('no');
  expect(told).toEqual([]);
});
