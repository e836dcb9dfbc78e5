import { strict as assert } from 'node:assert';
import { failure } from '../service/failure.ts';
import type { ServedAnswer } from '../service/server.ts';
import type { ForgeCase, ForgeTrial } from './subject.ts';
import { commitOf } from './world.ts';

/** Answers of something that is not the forge, or not well. */
const oddAnswers: readonly ServedAnswer[] = [
  { status: 502, body: '<html><body>Bad Gateway</body></html>' },
  { status: 503, headers: { 'retry-after': '3600' }, body: 'come back later' },
  { status: 500, body: '' },
  { status: 200, body: '<html><body>Sign in to the Wi-Fi</body></html>' },
  { status: 200, body: '' },
  { status: 200, body: 'null' },
  { status: 200, body: '7' },
  { status: 200, body: '[{}]' },
  { status: 200, body: '['.repeat(200_000) },
  { status: 400, body: `{"message":"${'x'.repeat(1_000_000)}"}` },
  { status: 403, body: '{"message":"@all <!channel> \\u202e"}' },
  { status: 404, body: '{"message":{"base":["nested"]}}' },
];

const hour = 3_600_000;

/** One call of each kind, where it matters that none is taken for done. */
function calls({ connection, forge, subject }: ForgeTrial): (() => Promise<unknown>)[] {
  const { project } = forge.world;
  const status = { state: 'success', context: 'meshwright/x', description: 'kept' } as const;
  return [
    () => connection.check(project),
    () => connection.pullRequest(project, 1),
    () => connection.openPullRequests(project, 'main'),
    () => connection.setStatus(project, commitOf(1), status),
    () => connection.putComment(project, 1, { marker: '<!-- m -->', markdown: 'text' }),
    () => connection.reply(project, 1, 'text'),
    () => connection.teamMembers(subject.team),
  ];
}

/** What a forge plugin has to do where its forge is not well. */
export const serviceCases: readonly ForgeCase[] = [
  {
    id: 'down-for-an-hour',
    title: 'says that a forge is out of reach as long as it is, and goes on where it stopped',
    async run(trial: ForgeTrial): Promise<void> {
      const { connection, forge } = trial;
      await connection.pullRequest(forge.world.project, 1);
      forge.local.mood = { kind: 'down' };
      for (let minutes = 0; minutes < 60; minutes += 5) {
        for (const call of calls(trial)) await failure(trial, call, 'SERVICE_UNREACHABLE');
        trial.pass(hour / 12);
      }
      forge.local.mood = { kind: 'well' };
      await connection.setStatus(forge.world.project, commitOf(1), {
        state: 'success',
        context: 'meshwright/x',
        description: 'kept',
      });
      assert.equal(forge.world.statuses.length, 1);
      assert.equal((await connection.pullRequest(forge.world.project, 1)).number, 1);
    },
  },
  {
    id: 'a-day-later',
    title: 'is still known to its forge after a day',
    async run(trial: ForgeTrial): Promise<void> {
      const { connection, forge } = trial;
      for (let hours = 0; hours < 24; hours += 1) {
        assert.equal((await connection.pullRequest(forge.world.project, 1)).number, 1);
        trial.pass(hour);
      }
    },
  },
  {
    id: 'gone',
    title: 'says that nothing listens',
    async run(trial: ForgeTrial): Promise<void> {
      await trial.forge.local.stop();
      for (const call of calls(trial)) await failure(trial, call, 'SERVICE_UNREACHABLE');
    },
  },
  {
    id: 'slow',
    title: 'waits for a slow forge',
    async run({ connection, forge }: ForgeTrial): Promise<void> {
      forge.local.mood = { kind: 'slow', milliseconds: 150 };
      assert.equal((await connection.pullRequest(forge.world.project, 1)).number, 1);
    },
  },
  {
    id: 'silent',
    title: 'ends where a forge never answers',
    async run(trial: ForgeTrial): Promise<void> {
      trial.forge.local.mood = { kind: 'silent' };
      await failure(
        trial,
        () => trial.connection.pullRequest(trial.forge.world.project, 1),
        'SERVICE_UNREACHABLE',
      );
    },
  },
  {
    id: 'odd',
    title: 'takes no other answer for one of the forge',
    async run(trial: ForgeTrial): Promise<void> {
      for (const answer of oddAnswers) {
        trial.forge.local.mood = { kind: 'odd', answer };
        for (const call of calls(trial).filter((_call, place) => place !== 3)) {
          await failure(trial, call, 'SERVICE_UNREACHABLE', 'SERVICE_REFUSED');
        }
      }
    },
  },
  {
    id: 'unauthorized',
    title: 'says what to do where its credential is worth nothing, without showing it',
    async run(trial: ForgeTrial): Promise<void> {
      trial.forge.refuseCredential();
      for (const call of calls(trial)) {
        const { details } = await failure(trial, call, 'SERVICE_REFUSED');
        assert.ok((details.remedy ?? '').length > 10, 'it says nothing about what to do');
      }
    },
  },
  {
    id: 'rate-limit',
    title: 'takes a rate limit for something that passes',
    async run(trial: ForgeTrial): Promise<void> {
      trial.forge.limit();
      for (const call of calls(trial)) {
        const { details } = await failure(trial, call, 'SERVICE_UNREACHABLE');
        assert.match(details.remedy ?? '', /fewer requests/);
      }
    },
  },
];
