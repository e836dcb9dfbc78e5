import { strict as assert } from 'node:assert';
import { sampleNotices } from '../notices/samples.ts';
import { failure } from '../service/failure.ts';
import type { ServedAnswer } from '../service/server.ts';
import { onlyMessage, rootMessages } from './assertions.ts';
import type { ChatCase, ChatTrial } from './subject.ts';

const { waiting } = sampleNotices;

/** Answers of something that is not the service, or not well. */
const oddAnswers: readonly ServedAnswer[] = [
  { status: 502, body: '<html><body>Bad Gateway</body></html>' },
  { status: 503, headers: { 'retry-after': '3600' }, body: 'come back later' },
  { status: 429, headers: { 'retry-after': '3600' }, body: '{"ok":false,"error":"ratelimited"}' },
  { status: 500, body: '' },
  { status: 200, body: '<html><body>Sign in to the Wi-Fi</body></html>' },
  { status: 200, body: '' },
  { status: 200, body: 'null' },
  { status: 200, body: '[]' },
  { status: 200, body: '{}' },
  { status: 200, body: '['.repeat(200_000) },
  { status: 200, body: `{"ok":false,"error":"${'x'.repeat(1_000_000)}"}` },
  { status: 302, headers: { location: 'http://127.0.0.1:1/' } },
  { status: 401, body: '{"id":"api.context.session_expired.app_error","message":"<!channel> @all"}' },
];

/** What a chat plugin has to do where its service is not well. */
export const serviceCases: readonly ChatCase[] = [
  {
    id: 'down',
    title: 'says that a service is out of reach as long as it is, and goes on where it stopped',
    async run(trial: ChatTrial): Promise<void> {
      trial.chat.local.mood = { kind: 'down' };
      // As often as an activity tries in an hour.
      for (let attempt = 0; attempt < 40; attempt += 1) {
        await failure(trial, () => trial.connection.publish(waiting), 'SERVICE_UNREACHABLE');
      }
      trial.chat.local.mood = { kind: 'well' };
      await trial.connection.publish(waiting);
      onlyMessage(trial);
    },
  },
  {
    id: 'gone',
    title: 'says that nothing listens',
    async run(trial: ChatTrial): Promise<void> {
      await trial.chat.local.stop();
      await failure(trial, () => trial.connection.publish(waiting), 'SERVICE_UNREACHABLE');
      await failure(trial, () => trial.connection.check(), 'SERVICE_UNREACHABLE');
    },
  },
  {
    id: 'slow',
    title: 'waits for a slow service',
    async run(trial: ChatTrial): Promise<void> {
      trial.chat.local.mood = { kind: 'slow', milliseconds: 150 };
      await trial.connection.publish(waiting);
      onlyMessage(trial);
    },
  },
  {
    id: 'silent',
    title: 'ends where a service never answers',
    async run(trial: ChatTrial): Promise<void> {
      trial.chat.local.mood = { kind: 'silent' };
      await failure(trial, () => trial.connection.publish(waiting), 'SERVICE_UNREACHABLE');
    },
  },
  {
    id: 'odd',
    title: 'takes no other answer for one of the service',
    notFor: ({ isFeed }) => (isFeed === true ? 'whatever its receiver answers is an answer' : undefined),
    async run(trial: ChatTrial): Promise<void> {
      for (const answer of oddAnswers) {
        trial.chat.local.mood = { kind: 'odd', answer };
        await failure(
          trial,
          () => trial.connection.publish(waiting),
          'SERVICE_UNREACHABLE',
          'SERVICE_REFUSED',
        );
      }
      assert.deepEqual(rootMessages(trial.chat.messages()), []);
    },
  },
  {
    id: 'not-well',
    title: 'says that it has to be tried again where a service is not well',
    async run(trial: ChatTrial): Promise<void> {
      for (const answer of oddAnswers.filter(({ status = 200 }) => status >= 500 || status === 429)) {
        trial.chat.local.mood = { kind: 'odd', answer };
        await failure(trial, () => trial.connection.publish(waiting), 'SERVICE_UNREACHABLE');
      }
    },
  },
  {
    id: 'refused',
    title: 'says what to do about a credential that is worth nothing',
    async run(trial: ChatTrial): Promise<void> {
      trial.chat.refuseCredential();
      for (const work of [() => trial.connection.publish(waiting), () => trial.connection.check()]) {
        const { details } = await failure(trial, work, 'SERVICE_REFUSED');
        assert.ok((details.remedy ?? '').length > 0, 'it does not say what to do');
      }
    },
  },
  {
    id: 'check',
    title: 'says who it is when all is well, and sends nothing for it',
    async run(trial: ChatTrial): Promise<void> {
      const said = await trial.connection.check();
      assert.ok(said.length > 0 && said.length < 500);
      for (const secret of trial.subject.secrets) assert.ok(!said.includes(secret));
      assert.deepEqual(trial.chat.messages(), []);
    },
  },
];
