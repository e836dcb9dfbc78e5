import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { type GitHttpServer, startGitHttpServer } from '@meshwright/git/test-support';
import { readInventory, removeEverything } from './test-support/cluster.ts';
import { expectInstalled, minute, untilSaid, whileAway } from './test-support/outage.ts';
import { patternFiles } from './test-support/patterns-repository.ts';
import { repositoryStatus, untilEnded, untilRead, untilStage } from './test-support/rollouts.ts';
import { editConfiguration, until } from './test-support/scene.ts';
import { useScene } from './test-support/use-scene.ts';

let git: GitHttpServer | undefined;
const here = useScene({
  profile: 'control-plane',
  async prepare(scene) {
    const { workspace } = scene;
    git = await startGitHttpServer(workspace.directory);
    const url = `${git.url}patterns-repository/.git`;
    await editConfiguration(workspace, (text) =>
      text.replace(`url: ${workspace.repository}`, `url: ${url}\n    interval: 1s`),
    );
    await scene.startEngine();
  },
});

afterEach(async () => {
  await here().stopStandIn();
  await removeEverything(here());
});
afterAll(() => git?.stop());

describe('an install goes on by itself after', () => {
  it('Temporal was away for a minute', async () => {
    const committed = await here().patterns.commitPattern();
    await untilSaid(here(), committed, /verifyStage.*waits for .*caBundle/);
    await whileAway(here(), 'temporal', async () => {
      const said = await here().meshwright('why', committed.pattern);
      expect(said).toMatchObject({ error: { code: 'TEMPORAL_UNREACHABLE' } });
      await delay(minute);
    });
    here().startStandIn();
    await expectInstalled(here(), committed);
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
    await expectInstalled(here(), committed);
    git = await startGitHttpServer(here().workspace.directory, undefined, port);
    await untilRead(here(), commit);
    const { status } = await untilEnded(here(), { ...committed, commit });
    expect(status.phase).toBe('succeeded');
    const inventory = await readInventory(here(), committed.pattern);
    expect(inventory?.members).toContain(`ConfigMap ${committed.namespace}/meanwhile`);
  });
});
