import { strict as assert } from 'node:assert';
import type { Notice } from '@meshwright/model';
import { hostileNotices, lookAlikeSecrets, noticeOf } from '../notices/hostile.ts';
import { sampleNotices } from '../notices/samples.ts';
import { assertTame, onlyMessage, rootMessages } from './assertions.ts';
import { type ChatCase, type ChatTrial, forFeeds } from './subject.ts';

const { waiting, running, kept, rolledBack, frozen } = sampleNotices;

/** The smallest PNG there is: one pixel. */
const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

const samples = Object.entries(sampleNotices).map(([name, notice]: [string, Notice]): ChatCase => ({
  id: `shows-${name}`,
  title: `shows a notice of the kind "${name}" with all that it is about`,
  async run(trial: ChatTrial): Promise<void> {
    await trial.connection.publish(notice);
    const message = onlyMessage(trial);
    assertTame(trial, message);
    const seen = [notice.title, notice.summary, notice.commit.subject, notice.commit.author];
    for (const { cluster, action } of notice.targets) seen.push(cluster, action);
    if (notice.failure !== undefined) seen.push(notice.failure.message);
    for (const part of seen)
      assert.ok(message.text.includes(part), `it does not show "${part}": ${message.text}`);
    if (notice.approval?.open === true) assertAsks(message.text, notice.approval);
  },
}));

function assertAsks(text: string, approval: NonNullable<Notice['approval']>): void {
  const { approvers, requiredGroups, confirms, decided } = approval;
  const digest = approval.subject.slice('sha256:'.length, 'sha256:'.length + 12);
  for (const part of [digest, ...approvers, ...requiredGroups, ...confirms, ...decided]) {
    assert.ok(text.includes(part), `it asks without "${part}"`);
  }
}

const { beginnings, secrets, ...whole } = hostileNotices;

const hostile = Object.entries(whole).map(([name, notice]: [string, Notice]): ChatCase => ({
  id: `hostile-${name}`,
  title: `shows hostile texts of the kind "${name}" without obeying them, within the limits of the service`,
  async run(trial: ChatTrial): Promise<void> {
    await trial.connection.publish(notice);
    assertTame(trial, onlyMessage(trial));
  },
}));

/** What a message of a chat has to do. */
export const messageCases: readonly ChatCase[] = [
  ...samples,
  ...hostile,
  {
    id: 'hostile-beginnings',
    title: 'obeys no markup at the beginning of a text',
    async run(trial: ChatTrial): Promise<void> {
      for (const [place, notice] of beginnings.entries()) {
        await trial.connection.publish({ ...notice, rollout: `rollout:${place}` });
      }
      const all = rootMessages(trial.chat.messages());
      assert.equal(all.length, beginnings.length);
      for (const message of all) assertTame(trial, message);
    },
  },
  {
    id: 'secrets',
    title: 'shows nothing that looks like a secret, and none of its own',
    async run(trial: ChatTrial): Promise<void> {
      await trial.connection.publish(secrets);
      const message = onlyMessage(trial);
      assertTame(trial, message);
      for (const secret of lookAlikeSecrets) assert.ok(!message.text.includes(secret), `it shows ${secret}`);
      for (const { path, query, body } of trial.chat.local.requests) {
        for (const secret of trial.subject.secrets) {
          assert.ok(!`${path}?${String(query)}`.includes(secret), 'a secret is in an address');
          assert.ok(!body.includes(secret), 'a secret is in a body');
        }
      }
    },
  },
  {
    id: 'in-place',
    title: 'changes its one message in place, to its end',
    notFor: forFeeds,
    async run(trial: ChatTrial): Promise<void> {
      let message = await trial.connection.publish(waiting);
      for (const notice of [frozen, running, rolledBack]) {
        message = await trial.connection.publish(notice, message);
        assert.ok(onlyMessage(trial).text.includes(notice.summary), 'it shows what was before');
      }
      assert.deepEqual(onlyMessage(trial).buttons, [], 'what is over still has buttons');
    },
  },
  {
    id: 'choices',
    title: 'has a button for each choice that is open now, and asks before a dangerous one',
    notFor: ({ interactions }) =>
      interactions === undefined ? 'people cannot act on its messages' : undefined,
    async run(trial: ChatTrial): Promise<void> {
      const message = await trial.connection.publish(waiting);
      const labels = (): string[] => onlyMessage(trial).buttons.map(({ id }) => id);
      assert.deepEqual(labels(), ['approve', 'reject', 'hold', 'why']);
      await trial.connection.publish(frozen, message);
      assert.deepEqual(labels(), ['reject', 'hold', 'breakGlass', 'why']);
      const glass = onlyMessage(trial).buttons.find(({ id }) => id === 'breakGlass');
      assert.ok(glass?.confirms, 'the glass breaks at one click');
    },
  },
  {
    id: 'older',
    title: 'does not show an older notice after a newer one',
    notFor: forFeeds,
    async run(trial: ChatTrial): Promise<void> {
      const message = await trial.connection.publish(kept);
      const same = await trial.connection.publish(waiting, message);
      assert.ok(onlyMessage(trial).text.includes(kept.summary), 'it went back');
      await trial.connection.publish(kept, same);
      assert.ok(onlyMessage(trial).text.includes(kept.summary));
    },
  },
  {
    id: 'not-noted',
    title: 'finds a message again that was sent before whoever sent it ended',
    notFor: forFeeds,
    async run(trial: ChatTrial): Promise<void> {
      await trial.connection.publish(waiting);
      await trial.connection.publish(running);
      assert.ok(onlyMessage(trial).text.includes(running.summary));
      await trial.connection.publish({ ...running, run: 'another-run' });
      assert.equal(rootMessages(trial.chat.messages()).length, 2, 'another run shares its message');
      await trial.connection.publish({ ...running, pattern: 'another-pattern' });
      assert.equal(rootMessages(trial.chat.messages()).length, 3, 'another pattern shares its message');
    },
  },
  {
    id: 'removed',
    title: 'sends a new message where somebody has removed it',
    notFor: forFeeds,
    async run(trial: ChatTrial): Promise<void> {
      const message = await trial.connection.publish(waiting);
      trial.chat.remove(onlyMessage(trial).id);
      await trial.connection.publish(running, message);
      assert.ok(onlyMessage(trial).text.includes(running.summary));
    },
  },
  {
    id: 'progress',
    title: 'adds progress to the thread of its message, and obeys nothing in it',
    notFor: forFeeds,
    async run(trial: ChatTrial): Promise<void> {
      const message = await trial.connection.publish(waiting);
      const lines = Array.from(
        { length: 40 },
        (_, place) => `line ${place} <!channel> @all @here [x](javascript:x) https://evil.example`,
      );
      await trial.connection.addProgress(message, [...lines, 'x'.repeat(100_000)]);
      const root = onlyMessage(trial);
      const added = trial.chat.messages().filter(({ thread }) => thread === root.id);
      const text = added.map((one) => one.text).join('\n');
      for (const place of lines.keys())
        assert.match(text, new RegExp(`line ${place}\\b`), 'a line is missing');
      for (const one of added) assertTame(trial, one);
    },
  },
  {
    id: 'picture',
    title: 'adds a picture once, as it is',
    notFor: forFeeds,
    async run(trial: ChatTrial): Promise<void> {
      const picture = { image: pixel, title: 'Verdict @here', description: 'p99 of A and B <!channel>' };
      let message = await trial.connection.publish(running);
      message = await trial.connection.publish(kept, message, picture);
      await trial.connection.publish(kept, message, picture);
      const pictures = trial.chat.messages().flatMap((one) => one.pictures);
      assert.equal(pictures.length, 1, `${pictures.length} pictures were sent`);
      assert.ok(pictures[0]?.equals(pixel), 'it is another picture');
    },
  },
  {
    id: 'answer',
    title: 'answers whoever has acted, and nobody else',
    notFor: ({ interactions }) =>
      interactions === undefined ? 'people cannot act on its messages' : undefined,
    run: answersOne,
  },
  {
    id: 'plain',
    title: 'shows a text without a character',
    async run(trial: ChatTrial): Promise<void> {
      await trial.connection.publish(noticeOf(''));
      onlyMessage(trial);
    },
  },
];

async function answersOne(trial: ChatTrial): Promise<void> {
  const { interactions } = trial.subject;
  assert.ok(interactions !== undefined && trial.subject.plugin.receive !== undefined);
  await trial.connection.publish(waiting);
  const clicked = interactions.click({
    ...trial,
    message: onlyMessage(trial).id,
    button: 'why',
    at: trial.now,
  });
  const delivery = await trial.subject.plugin.receive(clicked, trial.settings, trial.now);
  assert.equal(delivery?.event.kind, 'why');
  await trial.connection.answer(delivery.event.reply, 'It waits.\n<!channel> @all ok');
  const answers = trial.chat.messages().filter(({ onlyFor }) => onlyFor !== undefined);
  assert.deepEqual(
    answers.map(({ onlyFor }) => onlyFor),
    [interactions.user],
  );
  assert.match(answers[0]?.text ?? '', /It waits\./);
  for (const answer of answers) assertTame(trial, answer);
}
