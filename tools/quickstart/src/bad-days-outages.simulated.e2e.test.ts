import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type GitHttpServer, startGitHttpServer } from '@meshwright/git/test-support';
import { readInventory, removeEverything } from './test-support/cluster.ts';
import { whileAway, whileFrozen } from './test-support/outage.ts';
import { type Committed, patternFiles } from './test-support/patterns-repository.ts';
import {
  repositoryStatus,
  untilEnded,
  untilPlanned,
  untilRead,
  untilStage,
  why,
} from './test-support/rollouts.ts';
import { editConfiguration, openScene, type Scene, until } from './test-support/scene.ts';

/** As long as the outages are that people know: a restart of an API server, a switch of a database. */
const minute = 60_000;

let scene: Scene | undefined;
let git: GitHttpServer | undefined;

function here(): Scene {
  if (scene === undefined) throw new Error('There is no scene.');
  return scene;
}

beforeAll(async () => {
  scene = await openScene('control-plane');
  const { workspace } = scene;
  git = await startGitHttpServer(workspace.directory);
  const url = `${git.url}patterns-repository/.git`;
  await editConfiguration(workspace, (text) =>
    text.replace(`url: ${workspace.repository}`, `url: ${url}\n    interval: 1s`),
  );
  await scene.startEngine();
});
afterEach(async () => {
  await here().stopStandIn();
  await removeEverything(here());
});
afterAll(async () => {
  await scene?.stop();
  await git?.stop();
});

async function expectInstalled(committed: Committed): Promise<void> {
  const { execution, status } = await untilEnded(here(), committed);
  expect([execution, status.phase]).toEqual(['COMPLETED', 'succeeded']);
  const inventory = await readInventory(here(), committed.pattern);
  expect(inventory?.declared).toEqual(inventory?.needed);
  expect(inventory?.members).toHaveLength(status.targets[0]?.plan?.counts.create ?? 0);
}

/** Waits for what `meshwright why` is expected to say. */
async function untilSaid(committed: Committed, words: RegExp): Promise<void> {
  await until(`meshwright why to say ${words}`, async () =>
    words.test(await why(here(), committed)) ? true : undefined,
  );
}

describe('an install goes on by itself after', () => {
  it('the API server was away for a minute while the control plane was verified', async () => {
    const committed = await here().patterns.commitPattern();
    await untilStage(here(), 'control-plane', 'verifying');
    await whileAway(here(), 'kube-apiserver', async () => {
      await Promise.all([delay(minute), untilSaid(committed, /verifyStage.*cannot be reached/)]);
    });
    here().startStandIn();
    await expectInstalled(committed);
  });

  it('the API server hung while objects were applied', async () => {
    here().startStandIn();
    const committed = await here().patterns.commitPattern({ approval: true });
    const approve = await untilPlanned(here(), committed);
    await whileFrozen(here(), 'kube-apiserver', async () => {
      await approve();
      await untilSaid(committed, /applyStage.*cannot be reached.*its answer took too long/);
    });
    await expectInstalled(committed);
  });

  it('Temporal was away for a minute', async () => {
    const committed = await here().patterns.commitPattern();
    await untilSaid(committed, /verifyStage.*waits for .*caBundle/);
    await whileAway(here(), 'temporal', async () => {
      const said = await here().meshwright('why', committed.pattern);
      expect(said).toMatchObject({ error: { code: 'TEMPORAL_UNREACHABLE' } });
      await delay(minute);
    });
    here().startStandIn();
    await expectInstalled(committed);
  });
});

describe('while the Git server is away', () => {
  it('a rollout under way goes on, and a commit made meanwhile is followed afterwards', async () => {
    const committed = await here().patterns.commitPattern();
    await untilStage(here(), 'control-plane', 'verifying');
    const port = Number(new URL(git?.url ?? '').port);
    await git?.stop();
    const meanwhile = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'meanwhile' } };
    const files = patternFiles(committed.pattern, { manifests: [meanwhile] });
    const commit = await here().patterns.commitFiles(files);
    await until('the watch to say what it waits for', async () => {
      const { observation, waitingFor } = await repositoryStatus(here());
      return observation === 'unreachable' && waitingFor.includes('cannot be reached') ? true : undefined;
    });
    here().startStandIn();
    await expectInstalled(committed);
    git = await startGitHttpServer(here().workspace.directory, undefined, port);
    await untilRead(here(), commit);
    const { status } = await untilEnded(here(), { ...committed, commit });
    expect(status.phase).toBe('succeeded');
    const inventory = await readInventory(here(), committed.pattern);
    expect(inventory?.members).toContain(`ConfigMap ${committed.namespace}/meanwhile`);
  });
});
