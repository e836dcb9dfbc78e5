import { strict as assert } from 'node:assert';
import { isMeshwrightError } from '@meshwright/model';
import type { ForgeDelivery, IncomingRequest } from '@meshwright/plugin-sdk';
import { mutations } from '../service/mutations.ts';
import { hostileCharacters, hostileMarkup } from '../notices/hostile.ts';
import type { ForgeCase, ForgeNews, ForgeSubject, ForgeTrial } from './subject.ts';
import { ada, mallory } from './world.ts';

const minute = 60_000;
const news: ForgeNews = { kind: 'comment', user: ada, number: 7, id: 4_711, body: '/approve 4f1c9a7e4f1c' };

/** A trial with what is only about webhooks. */
interface Hook extends ForgeTrial {
  request(
    more?: Partial<ForgeNews>,
    how?: { secret?: string; at?: number; delivery?: string },
  ): IncomingRequest;
  /** These bytes as a comment, signed as well as the forge itself could. */
  signed(body: Uint8Array, event?: string): IncomingRequest;
  receive(request: IncomingRequest, secret?: string): Promise<ForgeDelivery | undefined>;
}

function hook(trial: ForgeTrial): Hook {
  const { subject, forge, settings } = trial;
  const { webhooks, webhookSecret, plugin } = subject;
  const usual = (): { secret: string; at: number; delivery: string } => ({
    secret: webhookSecret,
    at: trial.now(),
    delivery: 'a7f1e3d0-0000-4000-8000-000000000001',
  });
  return {
    ...trial,
    request(more = {}, how = {}) {
      const { event, payload } = webhooks.content(forge.world, { ...news, ...more });
      return webhooks.signed(event, Buffer.from(JSON.stringify(payload)), { ...usual(), ...how });
    },
    signed: (body, event) =>
      webhooks.signed(event ?? webhooks.content(forge.world, news).event, body, usual()),
    receive: (request, secret = webhookSecret) =>
      plugin.receive(
        request,
        { service: settings.service, webhookSecret: async () => Promise.resolve(secret) },
        trial.now(),
      ),
  };
}

function webhook(
  id: string,
  title: string,
  run: (hook: Hook) => Promise<void>,
  notFor?: (subject: ForgeSubject) => string | undefined,
): ForgeCase {
  return { id, title, run: (trial) => run(hook(trial)), ...(notFor === undefined ? {} : { notFor }) };
}

function withoutBodySignature({ webhooks }: ForgeSubject): string | undefined {
  return webhooks.signsBody ? undefined : 'the forge sends its secret, and signs no body with it';
}

function withoutTime({ webhooks }: ForgeSubject): string | undefined {
  return webhooks.signsTime ? undefined : 'the forge signs no time';
}

/** Neither believed nor a crash: INVALID_INPUT is for what is signed and makes no sense. */
async function refused(trial: Hook, request: IncomingRequest, what: string): Promise<void> {
  const heard = await outcome(trial, request);
  assert.equal(heard, undefined, `${what} was taken for something`);
}

async function outcome(trial: Hook, request: IncomingRequest): Promise<ForgeDelivery | undefined> {
  try {
    return await trial.receive(request);
  } catch (error) {
    assert.ok(isMeshwrightError(error), `it failed with ${String(error)}`);
    assert.equal(error.code, 'INVALID_INPUT');
    const said = `${error.message} ${JSON.stringify(error.details)}`;
    assert.ok(said.length < 2_000, 'its error is endless');
    assert.ok(!said.includes(trial.subject.webhookSecret), 'its error tells the secret');
    return undefined;
  }
}

/** What a forge plugin has to do with webhooks. */
export const webhookCases: readonly ForgeCase[] = [
  webhook('genuine', 'believes what was signed, and reads what was told', async (trial) => {
    const { project } = trial.forge.world;
    const { service } = trial.settings;
    const comment = await trial.receive(trial.request());
    assert.equal(comment?.event.kind, 'comment');
    const { url, author, ...said } = comment.event;
    assert.deepEqual(said, {
      kind: 'comment',
      project,
      number: 7,
      comment: '4711',
      body: news.body,
      automated: false,
    });
    assert.ok(URL.canParse(url), `the comment is at ${url}`);
    assert.deepEqual({ ...author, name: '' }, { service, id: '101', name: '' });
    const change = await trial.receive(trial.request({ kind: 'pull-request' }));
    assert.deepEqual(change?.event, { kind: 'pull-request', project, number: 7 });
    const push = await trial.receive(trial.request({ kind: 'push' }));
    assert.equal(push?.event.kind, 'push');
    assert.deepEqual([push.event.project, push.event.ref], [project, 'refs/heads/main']);
    assert.deepEqual([push.event.pusher.service, push.event.pusher.id], [service, '101']);
  }),
  webhook('forged', 'does not believe what was signed with another secret, or not at all', async (trial) => {
    const right = trial.request();
    assert.equal(await trial.receive(trial.request({}, { secret: 'another secret' })), undefined);
    for (const name of trial.subject.webhooks.signingHeaders) {
      for (const value of [
        undefined,
        '',
        'x',
        `${String(right.headers[name])}0`,
        [String(right.headers[name]), 'x'],
      ]) {
        const request = { ...right, headers: { ...right.headers, [name]: value } };
        assert.equal(await trial.receive(request), undefined, `${name}: ${String(value)} was believed`);
      }
    }
  }),
  webhook('empty-secret', 'believes nothing where the secret is empty', async (trial) => {
    assert.equal(await trial.receive(trial.request({}, { secret: '' }), ''), undefined);
  }),
  webhook(
    'altered',
    'does not believe a right signature on another body',
    async (trial) => {
      const right = trial.request();
      const text = Buffer.from(right.body).toString();
      for (const other of [text.replace('4f1c', '4f1d'), `${text} `, text.slice(0, -1), '', '{}']) {
        assert.equal(
          await trial.receive({ ...right, body: Buffer.from(other) }),
          undefined,
          'it was believed',
        );
      }
    },
    withoutBodySignature,
  ),
  webhook(
    'old',
    'does not believe what was signed too long ago, or will be',
    async (trial) => {
      for (const off of [-24 * 60, -6, 6, 24 * 60]) {
        const request = trial.request({}, { at: trial.now() + off * minute });
        assert.equal(await trial.receive(request), undefined, `it was believed ${off} minutes off`);
      }
      assert.notEqual(await trial.receive(trial.request({}, { at: trial.now() - minute })), undefined);
    },
    withoutTime,
  ),
  webhook('replay', 'knows what is sent again by its id, whatever number it is given', async (trial) => {
    for (const kind of ['comment', 'push', 'pull-request', 'unknown'] as const) {
      const first = await trial.receive(trial.request({ kind }));
      const again = await trial.receive(
        trial.request({ kind }, { delivery: 'ffffffff-0000-4000-8000-000000000002' }),
      );
      assert.ok(first !== undefined && again !== undefined);
      assert.equal(again.id, first.id, `${kind} has another id when it is sent again`);
      assert.match(first.id, /^[\w.:/-]{1,128}$/);
      const other = await trial.receive(trial.request({ kind, id: 4_712, number: 8 }));
      assert.notEqual(other?.id, first.id, `two of ${kind} share an id`);
    }
  }),
  webhook('out-of-order', 'reads each by itself, in whatever order they come', async (trial) => {
    const both = [trial.request({ id: 1, body: '/hold' }), trial.request({ id: 2, body: '/release' })];
    const [hold, release] = [
      await trial.receive(both[0] ?? assert.fail()),
      await trial.receive(both[1] ?? assert.fail()),
    ];
    assert.deepEqual(
      [await trial.receive(both[1] ?? assert.fail()), await trial.receive(both[0] ?? assert.fail())],
      [release, hold],
    );
  }),
  webhook('edited', 'takes only what was newly written on a pull request for a comment', async (trial) => {
    for (const kind of ['edited-comment', 'issue-comment', 'unknown'] as const) {
      const heard = await outcome(trial, trial.request({ kind }));
      assert.equal(heard?.event.kind, 'other', `${kind} was taken for ${heard?.event.kind ?? 'nothing'}`);
    }
  }),
  webhook('hostile', 'gives what was written as it was written', async (trial) => {
    const texts = [
      ...hostileMarkup,
      ...hostileCharacters.filter((text) => text.isWellFormed()),
      '',
      'x'.repeat(100_000),
    ];
    for (const [id, body] of texts.entries()) {
      const heard = await trial.receive(trial.request({ id, body, user: mallory }));
      assert.equal(heard?.event.kind, 'comment');
      assert.equal(heard.event.body, body);
      assert.equal(heard.event.author.id, String(mallory.id));
    }
  }),
  webhook('sizes', 'survives a body of nothing, of one byte, and of 50 MB', async (trial) => {
    for (const size of [0, 1, 50 * 1_024 * 1_024]) {
      for (const body of [Buffer.alloc(size, '{'), Buffer.alloc(size, ' '), Buffer.alloc(size, 0xff)]) {
        await refused(trial, trial.signed(body), `${size} bytes`);
        await refused(trial, { headers: {}, body }, `${size} bytes without a signature`);
      }
    }
  }),
  webhook('deep', 'survives JSON that is nested a hundred thousand times', async (trial) => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    for (const text of ['['.repeat(100_000), deep, '{"a":'.repeat(100_000)]) {
      await refused(trial, trial.signed(Buffer.from(text)), 'it');
    }
    const text = Buffer.from(trial.request().body).toString();
    const heard = await outcome(trial, trial.signed(Buffer.from(`${text.slice(0, -1)},"deep":${deep}}`)));
    assert.equal(heard?.event.kind, 'comment', 'what is deep beside it was in the way');
  }),
  webhook(
    'missing',
    'never takes what lacks a field, or has another in its place, for another comment',
    async (trial) => {
      const { event, payload } = trial.subject.webhooks.content(trial.forge.world, news);
      const right = await trial.receive(trial.request());
      assert.equal(right?.event.kind, 'comment');
      let tried = 0;
      for (const { path, payload: other } of mutations(payload)) {
        tried += 1;
        const heard = await outcome(trial, trial.signed(Buffer.from(JSON.stringify(other)), event));
        if (heard?.event.kind !== 'comment') continue;
        // What the comment says and where it is may be anything; who says it comes from its own fields.
        const { author, number } = heard.event;
        assert.match(author.id, /^-?\d+$/, `without ${path} its author is ${author.id}`);
        assert.ok(Number.isSafeInteger(number) && number > 0, `without ${path} it is on ${number}`);
      }
      assert.ok(tried > 50, 'there is nothing to leave out');
      assert.ok(!('polluted' in {}), 'every object has been changed');
    },
  ),
  webhook(
    'strange',
    'survives a name of an event that it does not know, several, and none',
    async (trial) => {
      const body = Buffer.from(JSON.stringify({}));
      for (const event of ['', 'x', '__proto__', 'constructor', 'x'.repeat(100_000)]) {
        const heard = await outcome(trial, trial.signed(body, event));
        assert.ok(
          heard === undefined || heard.event.kind === 'other',
          `${event.slice(0, 20)} was taken for something`,
        );
        if (heard?.event.kind === 'other') assert.ok(heard.event.name.length <= 200, 'its name is endless');
      }
    },
  ),
];
