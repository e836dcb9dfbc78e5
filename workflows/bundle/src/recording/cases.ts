import type { WorkflowHandle } from '@temporalio/client';
import { TaskQueue, WorkflowType } from '@meshwright/model';
import { changeOf } from '../test-support/rollouts.ts';
import { startBaseline } from '../test-support/baselines.ts';
import { sampleTrial } from '../test-support/fake-load.ts';
import { sampleRollout } from '../test-support/samples.ts';
import type { World } from '../test-support/world.ts';
import { gateScenarios } from './gates.ts';
import { besideScenarios, policyScenarios } from './people.ts';
import { changingScenarios, quietScenarios, type Scenario } from './scenarios.ts';
import { watchScenarios } from './watches.ts';

/** One run of the workflows, and the files that its histories go to. */
export interface RecordedCase {
  /** By the name of the file: `<workflow>.<path>`. */
  files: Record<string, (world: World, handle: WorkflowHandle) => WorkflowHandle>;
  run: Scenario;
}

/** Everything that is recorded. */
export const cases: readonly RecordedCase[] = [
  ...Object.entries({ ...changingScenarios, ...gateScenarios, ...policyScenarios }).map(([name, run]) => ({
    files: { [`patternRollout.${name}`]: itself, [`meshChange.${name}`]: (world: World) => changeOf(world) },
    run: toItsEnd(run),
  })),
  ...Object.entries(quietScenarios).map(([name, run]) => ({
    files: { [`patternRollout.${name}`]: itself },
    run: toItsEnd(run),
  })),
  ...Object.entries({ ...watchScenarios, ...besideScenarios }).map(([name, run]) => ({
    files: { [name]: itself },
    run,
  })),
  { files: { 'planPreview.planned': itself }, run: toItsEnd(preview) },
  { files: { 'performanceBaseline.regressed': itself }, run: toItsEnd(regression) },
];

function itself(...[, handle]: [World, WorkflowHandle]): WorkflowHandle {
  return handle;
}

function toItsEnd(run: Scenario): Scenario {
  return async (world) => {
    const handle = await run(world);
    await handle.result().catch(() => undefined);
    return handle;
  };
}

function preview({ client }: World): Promise<WorkflowHandle> {
  const { repository, pattern, commit, purpose, valid } = sampleRollout('preview');
  if (valid === undefined) throw new Error('The sample is valid.');
  const target = { cluster: 'local', pattern, repository, commit: commit.id, snapshot: valid.snapshot };
  return client.workflow.start(WorkflowType.planPreview, {
    taskQueue: TaskQueue.orchestrator,
    workflowId: 'preview',
    args: [{ ...target, purpose, adopt: false, despiteHold: true }],
  });
}

/** B is a third slower, and one trial is not valid. */
function regression(world: World): Promise<WorkflowHandle> {
  world.load.behaviour = ({ request }, earlier) =>
    sampleTrial(
      request.endpoint.address.includes('//b.') ? 26 : 20,
      earlier === 3 ? ['The generator lagged.'] : [],
    );
  return startBaseline(world, 'regressed');
}
