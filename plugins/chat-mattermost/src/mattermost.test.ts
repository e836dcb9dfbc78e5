import { generateKeyPairSync } from 'node:crypto';
import type { ChatConnection, ChatDelivery, ChatSettings } from '@meshwright/plugin-sdk';
import { plainHttp, sampleMoment, sampleNotices } from '@meshwright/plugin-testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chatMattermost } from './plugin.ts';
import { bot, type FakeMattermost, startMattermost } from './test-support/server.ts';
import { actionPayload, mattermostSubject, posted, triggerId } from './test-support/subject.ts';

describe('Mattermost in particular', () => {
  let server: FakeMattermost;
  let settings: ChatSettings;
  let connection: ChatConnection;
  const now = sampleMoment;
  const { held, waiting, frozen, kept } = sampleNotices;
  const context = { http: plainHttp, now: () => now };

  beforeEach(async () => {
    server = await startMattermost();
    settings = mattermostSubject.settings(server.local.url);
    connection = chatMattermost.connect(settings, context);
  });
  afterEach(() => server.local.stop());

  async function click(button = 'release'): Promise<Record<string, unknown>> {
    await connection.publish(held);
    return actionPayload(server, { message: server.messages()[0]?.id ?? '', button, at: now });
  }

  async function receive(payload: unknown, at = now): Promise<ChatDelivery | undefined> {
    return chatMattermost.receive?.(posted(payload), settings, at);
  }

  it('believes the user that the server has signed, and nobody else', async () => {
    const payload = await click();
    expect(await receive(payload)).toMatchObject({ event: { account: { id: bot.user } } });
    const other = 'evauser0000000000000000000';
    expect(await receive({ ...payload, user_id: other })).toBeUndefined();
    // The trigger of somebody else, for whom the button was not used.
    expect(await receive({ ...payload, trigger_id: triggerId(server, other, now) })).toBeUndefined();
    expect(await receive({ ...payload, trigger_id: '' })).toBeUndefined();
  });

  it('believes no trigger that another server has signed', async () => {
    const payload = await click();
    const own = server.key;
    server.key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const forged = triggerId(server, bot.user, now);
    server.key = own;
    expect(await receive({ ...payload, trigger_id: forged })).toBeUndefined();
  });

  it('believes no trigger that is not of just now', async () => {
    const payload = await click();
    for (const off of [-6, 6]) {
      const late = triggerId(server, bot.user, now + off * 60_000);
      expect(await receive({ ...payload, trigger_id: late })).toBeUndefined();
    }
  });

  it('believes no button of another channel, and none whose gate is over', async () => {
    const payload = await click();
    expect(await receive({ ...payload, channel_id: 'other000000000000000000000' })).toBeUndefined();
    const later = held.approval.expiresAt + 1;
    expect(
      await receive({ ...payload, trigger_id: triggerId(server, bot.user, later) }, later),
    ).toBeUndefined();
  });

  it('asks for a reason before a dangerous approval', async () => {
    await connection.publish(waiting);
    const message = server.messages()[0]?.id ?? '';
    const delivery = await receive(actionPayload(server, { message, button: 'approve', at: now }));
    expect(delivery?.event).toMatchObject({ kind: 'ask-reason', decision: 'approve' });
  });

  it('takes what a closed dialogue tells for nothing', async () => {
    const asked = await receive(await click('reject'));
    if (asked?.event.kind !== 'ask-reason') throw new Error('no reason is asked for');
    const { reference, decision, reply } = asked.event;
    await connection.askReason?.(reply, { reference, decision, title: 'x' });
    const state = server.dialog?.dialog.state ?? '';
    const submission = { type: 'dialog_submission', callback_id: 'reason', state, user_id: bot.user };
    expect(await receive({ ...submission, cancelled: true })).toMatchObject({ event: { kind: 'other' } });
    const given = { ...submission, submission: { reason: 'not now' } };
    expect(await receive(given)).toMatchObject({ event: { kind: 'decision' } });
    expect(await receive(given, now + 3_600_000)).toBeUndefined();
    expect(await receive({ ...given, state: `${state.slice(0, -2)}xx` })).toBeUndefined();
    expect(await receive({ ...given, state: '' })).toBeUndefined();
  });

  it('answers in a direct message where the account may not say something to one person in a channel', async () => {
    server.canPostEphemeral = false;
    const asked = await receive(await click('why'));
    if (asked?.event.kind !== 'why') throw new Error('nobody asks why');
    await connection.answer(asked.event.reply, 'It waits.');
    expect(server.messages().at(-1)).toMatchObject({ onlyFor: bot.user });
    expect(server.messages().at(-1)?.text.trim()).toBe('It waits.');
  });

  it('shows no buttons that nobody could believe', async () => {
    server.publicKey = '';
    await connection.publish(frozen);
    expect(server.messages()[0]).toMatchObject({ buttons: [] });
    expect(server.messages()[0]?.text).toContain('meshwright approve');
    expect(await connection.check()).toContain('without buttons');
    server.posts = [];
    const { callbackUrl, ...without } = settings;
    expect(callbackUrl).toBeDefined();
    await chatMattermost.connect(without, context).publish(frozen);
    expect(server.messages()[0]).toMatchObject({ buttons: [] });
  });

  it('has its buttons tell the gateway, at the address of this chat', async () => {
    await connection.publish(waiting);
    const [action] = server.posts[0]?.props?.attachments?.[0]?.actions ?? [];
    expect(action?.integration.url).toBe(settings.callbackUrl);
  });

  it('does not take a post of somebody else for its own', async () => {
    await connection.publish(waiting);
    for (const post of server.posts) post.user_id = bot.user;
    await connection.publish(waiting);
    expect(server.posts).toHaveLength(2);
  });

  it('says in the thread that a picture was refused', async () => {
    const message = await connection.publish(kept);
    const picture = { image: new Uint8Array(0), title: 'Verdict', description: 'p99' };
    await expect(connection.publish(kept, message, picture)).resolves.toMatchObject({ picture: 'refused' });
    expect(server.messages().at(-1)?.text).toContain('could not be added');
  });
});
