import type { ChatDelivery, ChatSettings } from '@meshwright/plugin-sdk';
import { plainHttp, sampleNotices } from '@meshwright/plugin-testkit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { chatSlack } from './plugin.ts';
import { app, type FakeSlack, startSlack } from './test-support/server.ts';
import { serveSockets, type SocketServer } from './test-support/socket-server.ts';
import { clickPayload, slackSubject } from './test-support/subject.ts';

describe('Socket Mode', () => {
  let slack: FakeSlack;
  let sockets: SocketServer;
  let settings: ChatSettings;
  const now = Date.now();
  const context = { http: plainHttp, now: () => now };

  beforeEach(async () => {
    slack = await startSlack();
    sockets = serveSockets(slack.local.server);
    slack.socketUrl = `${slack.local.url.replace('http', 'ws')}/link/?ticket=secret`;
    settings = { ...slackSubject.settings(slack.local.url), appToken: () => Promise.resolve(app.appToken) };
  });
  afterEach(() => slack.local.stop());

  async function click(button: string): Promise<object> {
    await chatSlack.connect(settings, context).publish(sampleNotices.held);
    const message = slack.messages()[0]?.id ?? '';
    return {
      envelope_id: `e-${button}`,
      type: 'interactive',
      payload: clickPayload(slack, { message, button, at: now }),
    };
  }

  it('takes an interaction, and acknowledges it once it has been taken', async () => {
    const taken: ChatDelivery[] = [];
    const listening = await chatSlack.connect(settings, context).listen?.((delivery) => {
      expect(sockets.received).toEqual([]);
      taken.push(delivery);
      return Promise.resolve();
    });
    sockets.send(await click('release'));
    await vi.waitFor(() => expect(sockets.received).toHaveLength(1), 5_000);
    expect(sockets.received).toMatchObject([{ envelope_id: 'e-release' }]);
    expect(taken).toMatchObject([{ event: { kind: 'decision', account: { id: app.user } } }]);
    await listening?.stop();
  });

  it('acknowledges nothing that could not be taken or makes no sense, and goes on', async () => {
    const listening = await chatSlack
      .connect(settings, context)
      .listen?.(({ event }) =>
        event.kind === 'why' ? Promise.resolve() : Promise.reject(new Error('Temporal is down')),
      );
    sockets.send(await click('release'));
    sockets.send({ envelope_id: 'e-odd', type: 'interactive', payload: { type: 'block_actions' } });
    sockets.send('no envelope');
    sockets.send({ envelope_id: 'e-other', type: 'slash_commands', payload: {} });
    sockets.send(await click('why'));
    await vi.waitFor(() => expect(sockets.received).toHaveLength(2), 5_000);
    expect(sockets.received).toMatchObject([{ envelope_id: 'e-other' }, { envelope_id: 'e-why' }]);
    await listening?.stop();
  });

  it('connects again after Slack has closed the connection, also where it is out of reach for a while', async () => {
    const taken: ChatDelivery[] = [];
    const listening = await chatSlack.connect(settings, context).listen?.((delivery) => {
      taken.push(delivery);
      return Promise.resolve();
    });
    const envelope = await click('release');
    slack.local.mood = { kind: 'down' };
    const before = slack.local.requests.length;
    sockets.drop();
    slack.local.server.once('request', () => {
      slack.local.mood = { kind: 'well' };
    });
    await vi.waitFor(() => expect(sockets.connections).toBe(2), 15_000);
    expect(slack.local.requests.length).toBeGreaterThan(before);
    sockets.send(envelope);
    await vi.waitFor(() => expect(taken).toHaveLength(1), 5_000);
    await listening?.stop();
    await vi.waitFor(() => expect(slack.local.server.listening).toBe(true));
  });

  it('refuses a token that is worth nothing at once', async () => {
    const wrong = { ...settings, appToken: () => Promise.resolve('xapp-wrong') };
    await expect(chatSlack.connect(wrong, context).listen?.(() => Promise.resolve())).rejects.toMatchObject({
      code: 'SERVICE_REFUSED',
    });
  });

  it('does not listen without a token for it', () => {
    expect(chatSlack.connect(slackSubject.settings(slack.local.url), context)).not.toHaveProperty('listen');
  });
});
