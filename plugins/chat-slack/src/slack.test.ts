import type { ChatConnection, ChatDelivery, ChatSettings } from '@meshwright/plugin-sdk';
import { plainHttp, sampleNotices } from '@meshwright/plugin-testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buttonValue } from './button-value.ts';
import { chatSlack } from './plugin.ts';
import { app, type FakeSlack, startSlack } from './test-support/server.ts';
import { clickPayload, posted, signed, slackSubject } from './test-support/subject.ts';

describe('Slack in particular', () => {
  let slack: FakeSlack;
  let settings: ChatSettings;
  let connection: ChatConnection;
  const now = Date.now();
  const { held, kept, waiting } = sampleNotices;

  beforeEach(async () => {
    slack = await startSlack();
    settings = slackSubject.settings(slack.local.url);
    connection = chatSlack.connect(settings, { http: plainHttp, now: () => now });
  });
  afterEach(() => slack.local.stop());

  async function clicked(
    change: (payload: Record<string, unknown>) => void,
  ): Promise<ChatDelivery | undefined> {
    await connection.publish(held);
    const message = slack.messages()[0]?.id ?? '';
    const payload = { ...clickPayload(slack, { message, button: 'release', at: now }) };
    change(payload);
    return chatSlack.receive?.(posted(payload, now), settings, now);
  }

  it('names somebody of another workspace with that workspace, so that no policy means them by a plain id', async () => {
    const delivery = await clicked((payload) => {
      payload.user = { id: app.user, name: 'ada', team_id: 'T0OTHER' };
    });
    expect(delivery?.event).toMatchObject({ kind: 'decision', account: { id: `T0OTHER/${app.user}` } });
  });

  it('keeps that name through the dialogue for a reason', async () => {
    await connection.publish(held);
    const message = slack.messages()[0]?.id ?? '';
    const payload = {
      ...clickPayload(slack, { message, button: 'reject', at: now }),
      user: { id: app.user, team_id: 'T0OTHER' },
    };
    const asked = await chatSlack.receive?.(posted(payload, now), settings, now);
    if (asked?.event.kind !== 'ask-reason') throw new Error('no reason is asked for');
    const { reference, decision, reply } = asked.event;
    await connection.askReason?.(reply, { reference, decision, title: 'x' });
    const submitted = slackSubject.interactions?.dialogue(slack).submit({ reason: 'not now', at: now });
    const decided = await chatSlack.receive?.(submitted ?? signed('', now), settings, now);
    expect(decided?.event).toMatchObject({ kind: 'decision', account: { id: `T0OTHER/${app.user}` } });
  });

  it('refuses a click whose user has no workspace', async () => {
    const work = clicked((payload) => {
      payload.user = { id: app.user };
    });
    await expect(work).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('refuses a button that turned up in another channel', async () => {
    const work = clicked((payload) => {
      payload.channel = { id: 'C0OTHER', name: 'other' };
    });
    await expect(work).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('answers the challenge by which Slack makes sure of an address', async () => {
    const body = JSON.stringify({
      type: 'url_verification',
      token: 'x',
      challenge: '3eZbrw1aBm2rZgRNFdxV2595E9CY3',
    });
    const delivery = await chatSlack.receive?.(signed(body, now), settings, now);
    expect(delivery?.answer).toEqual({
      status: 200,
      contentType: 'text/plain',
      body: '3eZbrw1aBm2rZgRNFdxV2595E9CY3',
    });
    await expect(chatSlack.receive?.(signed('a=b', now), settings, now)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
  });

  it('checks the example of Slack itself', async () => {
    // docs.slack.dev, «Verifying requests from Slack»; the body is a slash command's, and no interaction.
    const body =
      'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
    const request = {
      headers: {
        'x-slack-request-timestamp': '1531420618',
        'x-slack-signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
      },
      body: Buffer.from(body),
    };
    const at = 1_531_420_618_000;
    await expect(chatSlack.receive?.(request, settings, at)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    const other = { ...request, body: Buffer.from(`${body}x`) };
    expect(await chatSlack.receive?.(other, settings, at)).toBeUndefined();
  });

  it('sends its message where the app may not read the channel', async () => {
    slack.scopes = 'chat:write,files:write';
    await connection.publish(waiting);
    expect(slack.messages()).toHaveLength(1);
  });

  it('says which scope the app lacks', async () => {
    slack.scopes = 'chat:write';
    await expect(connection.check()).rejects.toMatchObject({
      code: 'SERVICE_REFUSED',
      message: 'The Slack app lacks the scope files:write.',
    });
  });

  it('says in the thread that a picture was refused', async () => {
    const message = await connection.publish(kept);
    const picture = { image: new Uint8Array(0), title: 'Verdict', description: 'p99' };
    await expect(connection.publish(kept, message, picture)).resolves.toMatchObject({ picture: 'refused' });
    expect(slack.messages().at(-1)).toMatchObject({ thread: message.ts });
    expect(slack.messages().at(-1)?.text).toContain('could not be added');
  });

  it('shows no buttons where a reference does not fit one', () => {
    const reference = { rollout: 'r'.repeat(900), run: 'r', gate: 'g'.repeat(900), subject: 's'.repeat(300) };
    expect(buttonValue({ reference, team: 'T', channel: 'C' })).toBeUndefined();
  });
});
