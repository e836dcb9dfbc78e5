import { type ChangeStatus, Message, workflowId } from '@meshwright/model';
import { describe, expect, it } from 'vitest';
import { examplePattern, useInstalledExample } from './test-support/example.ts';
import { exampleRoute, measuredExample, namespacesOfProbes, routeFile } from './test-support/measuring.ts';
import { untilEnded } from './test-support/rollouts.ts';
import { until } from './test-support/scene.ts';

const here = useInstalledExample('gate');

async function commit(files: Record<string, string>): Promise<string> {
  return here().patterns.commitFiles(files);
}

describe('a change of a workload that is measured', () => {
  it('is kept when it does no harm, also when the worker dies in a trial', async () => {
    const id = await commit({ ...(await measuredExample(here(), 64)), [routeFile]: exampleRoute() });
    const change = here().temporal.client.workflow.getHandle(workflowId.change('local', 'istio'));
    await until('the second trial', async () => {
      const { gate } = await change.query<ChangeStatus>(Message.changeStatus);
      return (gate?.comparisons[0]?.trials.a ?? 0) > 0 ? true : undefined;
    });
    await here().killEngine();
    await here().startEngine();
    const { status } = await untilEnded(here(), { pattern: examplePattern, commit: id });
    expect(status).toMatchObject({
      phase: 'succeeded',
      targets: [{ gate: { contrast: 'D3', verdict: 'passed', outcome: 'kept' } }],
    });
    expect(await namespacesOfProbes(here())).toBe('');
  });

  it('is taken back when it delays each request by half, and the workload is as it was', async () => {
    const { status } = await untilEnded(here(), {
      pattern: examplePattern,
      commit: await commit({ [routeFile]: exampleRoute('10ms') }),
    });
    expect(status).toMatchObject({
      phase: 'rolled-back',
      failure: { code: 'REGRESSED' },
      targets: [{ gate: { verdict: 'regressed', outcome: 'taken back', restored: { verdict: 'passed' } } }],
    });
    const [metric] = status.targets[0]?.gate?.comparisons[0]?.judgement?.metrics ?? [];
    // 30 ms instead of 20, and what two sidecars take in both.
    expect(metric?.ratio).toBeGreaterThan(1.25);
    expect(metric?.ratio).toBeLessThan(1.6);
    const live = await here().kubectl(
      'get',
      'virtualservice',
      'server',
      '--namespace=checkout',
      '--output=yaml',
    );
    expect(live).toContain('x-routed: plainly');
    expect(await namespacesOfProbes(here())).toBe('');
  });

  it('is taken back at once when requests fail, without waiting for blocks', async () => {
    const failing = exampleRoute().replace(
      '      route:',
      '      fault: { abort: { httpStatus: 503, percentage: { value: 100 } } }\n      route:',
    );
    const { status } = await untilEnded(here(), {
      pattern: examplePattern,
      commit: await commit({ [routeFile]: failing }),
    });
    expect(status).toMatchObject({
      phase: 'rolled-back',
      failure: { code: expect.stringMatching(/^(?:ERROR_BURST|REGRESSED)$/) as string },
      targets: [{ gate: { restored: { verdict: 'passed' } } }],
    });
    expect(status.failure?.message).toMatch(/failed while the change ran|100\.00 % of the requests failed/);
    // Seen while the stages ran, or in the first trial after them.
    expect(status.targets[0]?.gate?.comparisons[0]?.trials.b).toBeLessThan(2);
  });
});
