import type { ChatConnection } from '@meshwright/plugin-sdk';
import { hostileNotices, plainHttp, sampleMoment, sampleNotices } from '@meshwright/plugin-testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chatWebhook } from './plugin.ts';
import { signedHeaders } from './signature.ts';
import { type FakeReceiver, startReceiver, webhookSubject } from './test-support/subject.ts';

describe('the webhook in particular', () => {
  let receiver: FakeReceiver;
  let connection: ChatConnection;
  const { waiting, running, kept } = sampleNotices;

  beforeEach(async () => {
    receiver = await startReceiver();
    const settings = webhookSubject.settings(receiver.local.url);
    connection = chatWebhook.connect(settings, { http: plainHttp, now: () => sampleMoment });
  });
  afterEach(() => receiver.local.stop());

  it('signs the example of Standard Webhooks as its specification does', () => {
    const headers = signedHeaders(
      { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', at: 1_614_265_330_000, body: '{"test": 2432232314}' },
      'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    );
    expect(headers['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  it('signs with no empty secret', () => {
    for (const secret of ['', 'whsec_']) {
      expect(() => signedHeaders({ id: 'x', at: 0, body: '' }, secret)).toThrow('is empty');
    }
  });

  it('says in the type where a rollout stands, and in the data all that people are told', async () => {
    await connection.publish(waiting);
    expect(receiver.events).toMatchObject([
      {
        specversion: '1.0',
        type: 'dev.meshwright.rollout.awaiting-approval',
        source: '/meshwright/events',
        subject: waiting.rollout,
        channel: 'changes',
        time: '2026-11-20T09:41:00.000Z',
        data: { pattern: 'checkout-mesh', approval: { subject: waiting.approval.subject } },
      },
    ]);
  });

  it('sends an event again with the same id, and one that was taken not at all', async () => {
    const told = await connection.publish(waiting);
    await connection.publish(waiting);
    await connection.publish(waiting, told);
    const [first, again] = receiver.events;
    expect(receiver.events).toHaveLength(2);
    expect(again?.id).toBe(first?.id);
  });

  it('tells nothing older after something newer', async () => {
    const told = await connection.publish(kept);
    await connection.publish(running, told);
    expect(receiver.events.map(({ type }) => type)).toEqual(['dev.meshwright.rollout.succeeded']);
  });

  it('sends no body of any size', async () => {
    await connection.publish(hostileNotices.many);
    await connection.publish(hostileNotices.long);
    for (const { body } of receiver.local.requests) expect(body.length).toBeLessThan(1_000_000);
  });

  it.each([
    [410, 'SERVICE_REFUSED'],
    [400, 'SERVICE_REFUSED'],
    [408, 'SERVICE_UNREACHABLE'],
    [429, 'SERVICE_UNREACHABLE'],
    [500, 'SERVICE_UNREACHABLE'],
  ])('takes %i for %s', async (status, code) => {
    receiver.local.mood = { kind: 'odd', answer: { status } };
    await expect(connection.publish(waiting)).rejects.toMatchObject({ code });
  });
});
