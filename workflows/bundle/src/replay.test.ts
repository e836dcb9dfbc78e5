import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { WorkflowType } from '@meshwright/model';
import { replayHistory } from '@meshwright/temporal';
import { historiesDirectory } from './histories.ts';
import { cases } from './recording/cases.ts';
import { loadWorkflowBundle, type WorkflowBundle } from './load.ts';
import { silentLogger } from './test-support/world.ts';

interface Recording {
  events: { eventType: string; activityTaskScheduledEventAttributes?: { activityType: { name: string } } }[];
}

const files = (await readdir(historiesDirectory)).filter((file) => file.endsWith('.json')).toSorted();
let workflowBundle: WorkflowBundle;

beforeAll(async () => {
  workflowBundle = await loadWorkflowBundle({ cacheDirectory: join(tmpdir(), 'meshwright-test-bundles') });
}, 120_000);

async function read(file: string): Promise<Recording> {
  return JSON.parse(await readFile(join(historiesDirectory, file), 'utf8')) as Recording;
}

function replay(recording: Recording): Promise<void> {
  return replayHistory(recording, { workflowBundle, logger: silentLogger });
}

/** The activities a history schedules, in its order. */
function scheduled({ events }: Recording): { activityType: { name: string } }[] {
  return events.flatMap(({ activityTaskScheduledEventAttributes: attributes }) => attributes ?? []);
}

/** Makes two activities trade places. */
function swap(activities: { activityType: { name: string } }[], first: string, second: string): void {
  const [one, other] = activities;
  expect([one, other].map((activity) => activity?.activityType.name)).toEqual([first, second]);
  one!.activityType.name = second;
  other!.activityType.name = first;
}

describe('recorded histories', () => {
  it('cover every workflow, with names that say workflow, case and version', () => {
    for (const file of files) expect(file).toMatch(/^[a-zA-Z]+\.[a-z-]+\.v\d+\.json$/);
    const covered = new Set(files.map((file) => file.split('.')[0]));
    expect(covered).toEqual(new Set(Object.values(WorkflowType)));
  });

  it('are there of every path', () => {
    const recorded = cases.flatMap((one) => Object.keys(one.files));
    expect(files.map((file) => file.replace(/\.v\d+\.json$/, ''))).toEqual(expect.arrayContaining(recorded));
  });

  it.each(files)('%s replays', async (file) => {
    await replay(await read(file));
  });
});

describe('a history that these workflows cannot have written', () => {
  it('is refused when an activity is another one', async () => {
    const recording = await read('patternRollout.succeeded.v1.json');
    const planned = scheduled(recording).find(({ activityType }) => activityType.name === 'planChange');
    planned!.activityType.name = 'applyStage';
    await expect(replay(recording)).rejects.toMatchObject({ name: 'DeterminismViolationError' });
  });

  it('is refused when the order of activities is another one', async () => {
    const recording = await read('meshChange.succeeded.v1.json');
    swap(scheduled(recording), 'applyStage', 'verifyStage');
    await expect(replay(recording)).rejects.toMatchObject({ name: 'DeterminismViolationError' });
  });

  it('is refused when its end is recorded before its way back is gone', async () => {
    const recording = await read('meshChange.rolled-back.v1.json');
    const last = scheduled(recording).slice(-2);
    swap(last, 'verifyStage', 'concludeChange');
    await expect(replay(recording)).rejects.toMatchObject({ name: 'DeterminismViolationError' });
  });
});
