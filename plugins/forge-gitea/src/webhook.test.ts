import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMeshwrightError } from '@meshwright/model';
import type { ForgeDelivery, IncomingRequest } from '@meshwright/plugin-sdk';
import { receive } from './webhook.ts';

const secret = 'the-secret-of-the-webhook';
/** What Gitea itself put into `x-gitea-signature` for the fixture. */
const signatureOfPullRequest = '024ce5bb477ee14ad652a66e0a709c507c7ef072637d737bd0238ee2a55b1079';

function read(request: IncomingRequest, with_ = secret): Promise<ForgeDelivery | undefined> {
  return receive(request, { service: 'forge', webhookSecret: () => Promise.resolve(with_) });
}

function signed(event: string, body: Uint8Array | string): IncomingRequest {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const signature = createHmac('sha256', secret).update(bytes).digest('hex');
  return { headers: { 'x-gitea-event': event, 'x-gitea-signature': signature }, body: bytes };
}

function fixture(name: string): Promise<Buffer> {
  return readFile(join(import.meta.dirname, '__fixtures__', `${name}.json`));
}

async function changed(name: string, change: (payload: Record<string, unknown>) => void): Promise<string> {
  const payload = JSON.parse((await fixture(name)).toString()) as Record<string, unknown>;
  change(payload);
  return JSON.stringify(payload);
}

describe('a webhook', () => {
  it('is believed as Gitea signs it', async () => {
    const headers = { 'x-gitea-event': 'pull_request', 'x-gitea-signature': signatureOfPullRequest };
    const delivery = await read({ headers, body: await fixture('pull-request') });
    expect(delivery?.event).toMatchObject({ kind: 'pull-request', number: 1 });
  });

  it.each([
    ['without a signature', undefined],
    ['with an empty one', ''],
    ['with one that is too short', signatureOfPullRequest.slice(2)],
    ['with one that is no number', 'z'.repeat(64)],
    ['with another one', '0'.repeat(64)],
    ['with two of them', [signatureOfPullRequest, signatureOfPullRequest]],
  ])('is not believed %s', async (_, signature) => {
    const headers = { 'x-gitea-event': 'pull_request', 'x-gitea-signature': signature };
    expect(await read({ headers, body: await fixture('pull-request') })).toBeUndefined();
  });

  it('is never believed without a secret, however it is signed', async () => {
    const body = await fixture('push');
    const signature = createHmac('sha256', '').update(body).digest('hex');
    const headers = { 'x-gitea-event': 'push', 'x-gitea-signature': signature };
    expect(await read({ headers, body }, '')).toBeUndefined();
  });

  it('is not believed with any bit changed', async () => {
    const request = signed('push', await fixture('push'));
    await fc.assert(
      fc.asyncProperty(fc.nat(request.body.length * 8 - 1), async (bit) => {
        const body = Uint8Array.from(request.body);
        body[bit >> 3]! ^= 1 << (bit & 7);
        expect(await read({ ...request, body })).toBeUndefined();
      }),
    );
  });

  it('has an id of what was signed, whatever its headers say', async () => {
    const request = signed('push', await fixture('push'));
    const again = { ...request, headers: { ...request.headers, 'x-gitea-delivery': 'another' } };
    const other = signed('push', await changed('push', (payload) => (payload.ref = 'refs/heads/other')));
    const [id, same, different] = (await Promise.all([request, again, other].map((one) => read(one)))).map(
      (delivery) => delivery?.id,
    );
    expect(same).toBe(id);
    expect(different).not.toBe(id);
  });

  it('tells of a push, a pull request and a comment', async () => {
    expect((await read(signed('push', await fixture('push'))))?.event).toMatchObject({
      ...{ kind: 'push', ref: expect.stringMatching(/^refs\/heads\/change-/) as string },
      pusher: { service: 'forge', name: 'bea', id: expect.stringMatching(/^\d+$/) as string },
    });
    expect((await read(signed('issue_comment', await fixture('comment'))))?.event).toMatchObject({
      ...{ kind: 'comment', number: 1, body: '/approve 0123abcd', automated: false },
      author: { service: 'forge', name: 'carl' },
    });
  });

  it.each([
    ['edited', 'action', 'edited'],
    ['deleted', 'action', 'deleted'],
    ['on an issue', 'is_pull', false],
    ['written in the name of somebody else', 'sender', { id: 1, login: 'admin' }],
  ])('tells of no comment that is %s', async (_, field, value) => {
    const body = await changed('comment', (payload) => (payload[field] = value));
    expect((await read(signed('issue_comment', body)))?.event.kind).toBe('other');
  });

  it('says that a program of Gitea has written a comment', async () => {
    const actions = { id: -2, login: 'gitea-actions' };
    const body = await changed('comment', (payload) => {
      payload.sender = actions;
      Object.assign(payload.comment as object, { user: actions });
    });
    expect((await read(signed('issue_comment', body)))?.event).toMatchObject({ automated: true });
  });

  it('is of no interest where it tells of something else', async () => {
    expect((await read(signed('release', '{}')))?.event).toEqual({ kind: 'other', name: 'release' });
  });

  it.each([
    ['one byte', '{'],
    ['nothing', ''],
    ['no object', 'null'],
    ['an empty object', '{}'],
    ['what is no UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['deep nesting', `${'['.repeat(200_000)}${']'.repeat(200_000)}`],
    ['prototypes', '{"__proto__":{"ref":"refs/heads/main"},"repository":{"full_name":"a/b"}}'],
  ])('is refused with %s in it', async (_, body) => {
    await expect(read(signed('push', body))).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('is refused without the name of its event', async () => {
    const { headers, body } = signed('push', await fixture('push'));
    const nameless = { headers: { 'x-gitea-signature': headers['x-gitea-signature'] }, body };
    await expect(read(nameless)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('is read or refused whatever is in it, and never fails otherwise', async () => {
    const event = fc.constantFrom('push', 'pull_request', 'issue_comment', 'other');
    await fc.assert(
      fc.asyncProperty(event, fc.json(), async (name, json) => {
        const outcome = await read(signed(name, json)).catch((error: unknown) => error);
        if (outcome instanceof Error)
          expect(isMeshwrightError(outcome) && outcome.code).toBe('INVALID_INPUT');
        else expect(outcome).toHaveProperty('id');
      }),
    );
  });
});
