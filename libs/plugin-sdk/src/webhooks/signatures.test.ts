import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IncomingRequest } from '../http.ts';
import { hasHexSignature, hasSecretHeader, hasStandardSignature, headerOf } from './signatures.ts';

const secret = 'hook-secret-51f2';
const body = new TextEncoder().encode('{"ref":"refs/heads/main"}');
const where = { headers: ['x-signature', 'x-other'], prefix: 'sha256=' };
const now = Date.UTC(2026, 10, 20, 9, 30);

function hex(key = secret, content: Uint8Array = body): string {
  return createHmac('sha256', key).update(content).digest('hex');
}

function request(headers: IncomingRequest['headers'], content = body): IncomingRequest {
  return { headers, body: content };
}

describe('a signature in hexadecimal digits', () => {
  it('is believed in any of its headers', () => {
    expect(hasHexSignature(secret, request({ 'x-signature': `sha256=${hex()}` }), where)).toBe(true);
    expect(hasHexSignature(secret, request({ 'x-other': `sha256=${hex()}` }), where)).toBe(true);
  });

  it.each([
    ['nothing', undefined],
    ['an empty one', ''],
    ['one without its prefix', hex()],
    ['one of another secret', `sha256=${hex('other')}`],
    ['a shorter one', `sha256=${hex().slice(0, -1)}`],
    ['a longer one', `sha256=${hex()}0`],
    ['one in capitals', `sha256=${hex().toUpperCase()}`],
  ])('is not believed for %s', (_what, value) => {
    expect(hasHexSignature(secret, request({ 'x-signature': value }), where)).toBe(false);
  });

  it('that came twice is not believed', () => {
    const twice = [`sha256=${hex()}`, `sha256=${hex()}`];
    expect(hasHexSignature(secret, request({ 'x-signature': twice }), where)).toBe(false);
  });

  it('of an empty secret is nobody’s', () => {
    expect(hasHexSignature('', request({ 'x-signature': `sha256=${hex('')}` }), where)).toBe(false);
    expect(hasSecretHeader('', request({ 'x-token': '' }), 'x-token')).toBe(false);
    const empty = standard('whsec_', Buffer.alloc(0));
    expect(hasStandardSignature('whsec_', request(empty), now)).toBe(false);
  });

  it('holds for its own body and for no other', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (content, other) => {
        const headers = { 'x-signature': `sha256=${hex(secret, content)}` };
        expect(hasHexSignature(secret, request(headers, content), where)).toBe(true);
        const same = Buffer.from(content).equals(other);
        expect(hasHexSignature(secret, request(headers, other), where)).toBe(same);
      }),
    );
  });
});

describe('a secret in a header', () => {
  it('is believed when it is the secret, and nothing else', () => {
    expect(hasSecretHeader(secret, request({ 'x-token': secret }), 'x-token')).toBe(true);
    for (const given of [undefined, '', `${secret}x`, secret.slice(1), [secret, secret]]) {
      expect(hasSecretHeader(secret, request({ 'x-token': given }), 'x-token')).toBe(false);
    }
  });
});

function standard(secretText: string, key: Buffer | string, at = now): Record<string, string> {
  const timestamp = String(Math.floor(at / 1_000));
  const mac = createHmac('sha256', key).update(`id-1.${timestamp}.`).update(body).digest('base64');
  return {
    'webhook-id': 'id-1',
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,old v1,${mac}`,
    secretText,
  };
}

describe('a signature as Standard Webhooks has it', () => {
  const key = Buffer.from('a key');
  const token = `whsec_${key.toString('base64')}`;

  it('is believed with a key in base64, and with a plain one', () => {
    expect(hasStandardSignature(token, request(standard(token, key)), now)).toBe(true);
    expect(hasStandardSignature('plain', request(standard('plain', 'plain')), now)).toBe(true);
  });

  it('is not believed with another id, time or body', () => {
    const headers = standard(token, key);
    const others = [
      { ...headers, 'webhook-id': 'id-2' },
      { ...headers, 'webhook-timestamp': String(Number(headers['webhook-timestamp']) + 1) },
      { ...headers, 'webhook-signature': 'v1,' },
    ];
    for (const other of others) expect(hasStandardSignature(token, request(other), now)).toBe(false);
    expect(hasStandardSignature(token, request(headers, new Uint8Array([1])), now)).toBe(false);
  });

  it('is not believed when it is more than five minutes old, or from the future', () => {
    const minute = 60_000;
    for (const [age, believed] of [
      [-6, false],
      [-4, true],
      [4, true],
      [6, false],
    ] as const) {
      const headers = standard(token, key, now - age * minute);
      expect(hasStandardSignature(token, request(headers), now)).toBe(believed);
    }
  });
});

describe('headerOf', () => {
  it('gives what came once', () => {
    expect(headerOf({ a: 'b', c: ['d', 'e'] }, 'a')).toBe('b');
    expect(headerOf({ a: 'b', c: ['d', 'e'] }, 'c')).toBe('');
    expect(headerOf({}, 'toString')).toBe('');
  });
});
