import { strict as assert } from 'node:assert';
import { Decision, isMeshwrightError } from '@meshwright/model';
import type { ChatDelivery, IncomingRequest } from '@meshwright/plugin-sdk';
import { sampleNotices } from '../notices/samples.ts';
import { mutations } from '../service/mutations.ts';
import { onlyMessage } from './assertions.ts';
import { type ChatCase, type ChatTrial, type Interactions, withoutInteractions } from './subject.ts';

const { waiting, running, held } = sampleNotices;
const minute = 60_000;

interface Acting extends ChatTrial {
  acts: Interactions;
  /** A click of a button of a message that has been sent. */
  click(button: string, other?: { at?: number; user?: string; secret?: string }): IncomingRequest;
  receive(request: IncomingRequest, now?: number): Promise<ChatDelivery | undefined>;
}

function interaction(id: string, title: string, run: (acting: Acting) => Promise<void>): ChatCase {
  return {
    id,
    title,
    notFor: withoutInteractions,
    async run(trial) {
      const { interactions: acts, plugin } = trial.subject;
      assert.ok(acts !== undefined && plugin.receive !== undefined, 'it has no interactions');
      const receive = plugin.receive.bind(plugin);
      await trial.connection.publish(held);
      const message = onlyMessage(trial).id;
      await run({
        ...trial,
        acts,
        click: (button, other = {}) =>
          acts.click({ chat: trial.chat, message, button, at: trial.now, ...other }),
        receive: (request, now = trial.now) => receive(request, trial.settings, now),
      });
    },
  };
}

const reference = {
  rollout: held.rollout,
  run: held.run,
  gate: held.approval.gate,
  subject: held.approval.subject,
};

/** What a chat plugin has to do with what people do. */
export const interactionCases: readonly ChatCase[] = [
  interaction('genuine', 'believes what was signed, and reads exactly what was seen', async (acting) => {
    const delivery = await acting.receive(acting.click('release'));
    assert.equal(delivery?.event.kind, 'decision');
    assert.equal(delivery.event.decision, Decision.release);
    assert.deepEqual(delivery.event.reference, reference);
    assert.equal(delivery.event.account.service, acting.settings.service);
    assert.equal(delivery.event.account.id, acting.acts.user);
    assert.ok(delivery.event.from.length > 0);
    assert.equal(delivery.answer.status, 200);
  }),
  interaction('forged', 'does not believe what was signed with another secret', async (acting) => {
    assert.equal(await acting.receive(acting.click('release', { secret: 'another secret' })), undefined);
  }),
  interaction('altered', 'does not believe a right signature on another content', async (acting) => {
    const request = acting.click('release');
    const text = Buffer.from(request.body).toString('latin1');
    const subject = held.approval.subject.slice('sha256:'.length);
    for (const other of [
      text.replace(subject, 'e'.repeat(64)),
      text.replace('release', 'approve'),
      text.replaceAll(acting.acts.user, `${acting.acts.user.slice(0, -1)}x`),
    ]) {
      assert.notEqual(other, text, 'the content was not altered');
      const altered = acting.acts.withBody(request, Buffer.from(other, 'latin1'));
      assert.equal(await acting.receive(altered).catch(() => undefined), undefined, 'it was believed');
    }
  }),
  interaction('empty-secret', 'believes nothing where the secret is empty', async (acting) => {
    const request = acting.click('release', { secret: '' });
    const settings = { ...acting.settings, secret: () => Promise.resolve('') };
    assert.equal(await acting.subject.plugin.receive?.(request, settings, acting.now), undefined);
  }),
  interaction('old', 'does not believe what was signed too long ago, or will be', async (acting) => {
    const request = acting.click('release');
    for (const off of [-20, -6, 20, 24 * 60]) {
      const heard = await acting.receive(request, acting.now + off * minute);
      assert.equal(heard, undefined, `it was believed ${off} minutes off`);
    }
    assert.notEqual(await acting.receive(request, acting.now + 0.5 * minute), undefined);
  }),
  interaction(
    'duplicates',
    'knows a duplicate by its id, and another click by another id',
    async (acting) => {
      const request = acting.click('release');
      const [first, again] = [
        await acting.receive(request),
        await acting.receive(request, acting.now + 30_000),
      ];
      assert.ok(first !== undefined && again !== undefined);
      assert.equal(first.id, again.id, 'a duplicate has another id');
      const others = [
        acting.click('release', { at: acting.now + 1_000 }),
        acting.click('why'),
        acting.click('release', { user: `${acting.acts.user.slice(0, -1)}2` }),
      ];
      const ids = new Set([first.id]);
      for (const other of others) ids.add((await acting.receive(other))?.id ?? '');
      assert.equal(ids.size, 4, 'two clicks share an id');
      for (const id of ids) assert.match(id, /^[\w.:/-]{8,128}$/);
    },
  ),
  interaction(
    'out-of-order',
    'reads an older click after a newer message as what it showed then',
    async (acting) => {
      const older = acting.click('release');
      await acting.connection.publish(running);
      const delivery = await acting.receive(older);
      assert.equal(delivery?.event.kind, 'decision');
      assert.deepEqual(delivery.event.reference, reference);
    },
  ),
  interaction('sizes', 'survives a body of nothing, of one byte, and of 50 MB', async (acting) => {
    const request = acting.click('release');
    for (const size of [0, 1, 50 * 1_024 * 1_024]) {
      for (const body of [Buffer.alloc(size, '{'), Buffer.alloc(size, 0xff)]) {
        await refused(acting, acting.acts.withBody(request, body));
        await refused(acting, acting.acts.signed(body, acting.now));
        await refused(acting, { headers: {}, body });
      }
    }
  }),
  interaction('deep', 'survives JSON that is nested a hundred thousand times', async (acting) => {
    for (const deep of ['['.repeat(100_000), `${'['.repeat(100_000)}${']'.repeat(100_000)}`]) {
      await refused(acting, acting.acts.signed(Buffer.from(deep), acting.now));
      await refused(
        acting,
        acting.acts.signed(Buffer.from(`payload=${encodeURIComponent(deep)}`), acting.now),
      );
    }
  }),
  interaction(
    'missing',
    'takes no decision from what lacks a field or has another in its place',
    async (acting) => {
      const request = acting.click('release');
      const all = [...mutations(acting.acts.payload(request))];
      assert.ok(all.length > 50, 'there is nothing to leave out');
      for (const { payload, path } of all) {
        const heard = await outcome(acting, acting.acts.withPayload(payload, acting.now));
        if (heard?.event.kind !== 'decision') continue;
        assert.deepEqual(heard.event.reference, reference, `${path}: it decides on something else`);
        const { account } = heard.event;
        assert.ok(
          account.id === acting.acts.user || path.includes('user'),
          `${path}: it decides for ${account.id}`,
        );
        assert.equal(account.service, acting.settings.service);
        assert.ok(account.id.length > 0);
      }
    },
  ),
  interaction('unknown', 'takes what nobody here wants to know for what it is', async (acting) => {
    const request = acting.acts.unknown(acting.now);
    if (request === undefined) return;
    const heard = await acting.receive(request);
    assert.equal(heard?.event.kind, 'other');
    assert.equal(heard.answer.status, 200);
  }),
  interaction('no-headers', 'believes nothing without its headers, or with each twice', async (acting) => {
    const request = acting.click('release');
    const names = Object.keys(request.headers).filter((name) => /sign|timestamp/.test(name));
    for (const name of names) {
      const given = String(request.headers[name]);
      for (const value of [
        undefined,
        '',
        [given, given],
        `${given}, ${given}`,
        given.slice(0, -1),
        `${given}00`,
      ]) {
        const headers = { ...request.headers, [name]: value };
        assert.equal(await acting.receive({ ...request, headers }), undefined, `${name}: ${String(value)}`);
      }
    }
  }),
  interaction(
    'reason',
    'asks for the reason of a rejection, and takes it from the same person only',
    async (acting) => {
      const asking = await acting.receive(acting.click('reject'));
      assert.equal(asking?.event.kind, 'ask-reason');
      assert.equal(asking.event.decision, Decision.reject);
      const { reference: about, decision, reply } = asking.event;
      assert.ok(acting.connection.askReason !== undefined, 'it cannot ask');
      const title = 'checkout-mesh <!channel> @all [x](javascript:x)';
      await acting.connection.askReason(reply, { reference: about, decision, title });
      const opened = acting.acts.dialogue(acting.chat);
      assert.ok(opened.text.includes('checkout-mesh'));
      const at = acting.now + minute;
      const reason = 'Not on a Friday, @all';
      const decided = await acting.receive(opened.submit({ reason, at }), at);
      assert.equal(decided?.event.kind, 'decision');
      assert.deepEqual(decided.event.reference, reference);
      assert.equal(decided.event.decision, Decision.reject);
      assert.equal(decided.event.reason, reason);
      assert.equal(decided.event.account.id, acting.acts.user);
      await refused(acting, opened.submit({ reason, at, user: `${acting.acts.user.slice(0, -1)}2` }), at);
      const empty = await outcome(acting, opened.submit({ reason: '  ', at }), at);
      assert.notEqual(empty?.event.kind, 'decision', 'it takes a reason of nothing');
      await acting.connection.publish(waiting);
    },
  ),
];

/** Neither believed nor understood, and nothing broke. */
async function refused(acting: Acting, request: IncomingRequest, now?: number): Promise<void> {
  const heard = await outcome(acting, request, now);
  assert.ok(
    heard === undefined || heard.event.kind === 'other',
    `it was taken for ${heard?.event.kind ?? ''}`,
  );
}

/** What came of it; undefined also where it made no sense. Anything else that is thrown is a fault. */
async function outcome(
  acting: Acting,
  request: IncomingRequest,
  now?: number,
): Promise<ChatDelivery | undefined> {
  try {
    return await acting.receive(request, now);
  } catch (error) {
    if (isMeshwrightError(error) && error.code === 'INVALID_INPUT') return undefined;
    throw error;
  }
}
