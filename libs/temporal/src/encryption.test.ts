import { randomBytes } from 'node:crypto';
import { ApplicationFailure, defaultPayloadConverter, type Payload } from '@temporalio/common';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encryptionCodec, type PayloadEncryption } from './encryption.ts';
import { failureConverter } from './failure-converter.ts';

const secret = 'subject of a commit';

function key(id: string): PayloadEncryption['keys'][number] {
  return { id, key: randomBytes(32).toString('base64') };
}

function payload(value: unknown): Payload {
  return defaultPayloadConverter.toPayload(value);
}

const [first, second] = [key('2026-01'), key('2026-07')];
const before = encryptionCodec({ activeKey: first.id, keys: [first] });
const rotated = encryptionCodec({ activeKey: second.id, keys: [second, first] });

describe('an encrypted payload', () => {
  it('is read again, whatever it holds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(fc.json(), fc.uint8Array())), async (values) => {
        const payloads = values.map((value) => payload(value));
        const decoded = await before.decode(await before.encode(payloads));
        expect(decoded.map((one) => defaultPayloadConverter.fromPayload(one))).toEqual(values);
      }),
      { numRuns: 100 },
    );
  });

  it('shows the id of its key and nothing of its value, and is never the same twice', async () => {
    const [one, two] = await before.encode([payload({ secret }), payload({ secret })]);
    expect(Buffer.from(one?.metadata?.['encryption-key-id'] ?? []).toString()).toBe(first.id);
    expect(Buffer.from(one?.metadata?.encoding ?? []).toString()).toBe('binary/encrypted');
    expect(Object.keys(one?.metadata ?? {})).toHaveLength(2);
    expect(Buffer.from(one?.data ?? []).includes(secret)).toBe(false);
    expect(Buffer.from(one?.data ?? [])).not.toEqual(Buffer.from(two?.data ?? []));
  });

  it('is read after the active key has changed, and not the other way round', async () => {
    const [old] = await rotated.decode(await before.encode([payload(secret)]));
    expect(defaultPayloadConverter.fromPayload(old!)).toBe(secret);
    const fresh = await rotated.encode([payload(secret)]);
    await expect(before.decode(fresh)).rejects.toMatchObject({
      code: 'INVALID_CONFIGURATION',
      message: expect.stringContaining('"2026-07" is needed and not known; known are: 2026-01') as string,
    });
  });

  it('is refused with the id of its key where there are no keys at all', async () => {
    const none = encryptionCodec(undefined);
    await expect(none.decode(await before.encode([payload(secret)]))).rejects.toMatchObject({
      message: expect.stringContaining('"2026-01" is needed and not known; known are: none') as string,
      details: { remedy: expect.stringContaining('temporal.encryption.keys') as string },
    });
  });

  it('is refused when it was changed, cut short or is of another key with the same id', async () => {
    const [whole] = await before.encode([payload(secret)]);
    const data = Buffer.from(whole?.data ?? []);
    const other = encryptionCodec({ activeKey: first.id, keys: [key(first.id)] });
    for (let index = 0; index < data.length; index += 1) {
      const changed = Buffer.from(data);
      changed.writeUInt8(changed.readUInt8(index) ^ 1, index);
      await expect(before.decode([{ ...whole, data: changed }])).rejects.toThrow('does not open it');
      await expect(before.decode([{ ...whole, data: data.subarray(0, index) }])).rejects.toThrow(
        'does not open it',
      );
    }
    await expect(other.decode([whole!])).rejects.toThrow('does not open it');
  });
});

describe('a payload in clear', () => {
  it('from before encryption was turned on is read', async () => {
    expect(await before.decode([payload(secret)])).toEqual([payload(secret)]);
  });

  it('stays as it is without keys', async () => {
    const none = encryptionCodec(undefined);
    expect(await none.decode(await none.encode([payload(secret)]))).toEqual([payload(secret)]);
  });
});

describe('a key', () => {
  it.each([
    ['too short', randomBytes(16).toString('base64')],
    ['too long', randomBytes(48).toString('base64')],
    ['in hexadecimal', randomBytes(32).toString('hex')],
    ['padded with garbage', `${randomBytes(32).toString('base64')}!`],
    ['absent', ''],
  ])('is refused when it is %s, without being shown', (_, text) => {
    const encryption = { activeKey: 'k', keys: [{ id: 'k', key: text }] };
    let error: unknown;
    try {
      encryptionCodec(encryption);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({
      code: 'INVALID_CONFIGURATION',
      details: { remedy: 'Make one with: openssl rand -base64 32' },
    });
    if (text !== '') expect(JSON.stringify(error) + String(error)).not.toContain(text);
  });

  it('that encrypts must be among the keys', () => {
    expect(() => encryptionCodec({ activeKey: 'other', keys: [first] })).toThrow('"other" is needed');
  });
});

describe('a failure', () => {
  it('has the messages and stacks of all its causes in payloads, and is read again', () => {
    const inner = ApplicationFailure.create({ message: secret, type: 'NOT_READY', details: [{ secret }] });
    const outer = ApplicationFailure.create({ message: `outer ${secret}`, cause: inner });
    const clear = failureConverter.failureToError(
      { message: secret, applicationFailureInfo: {}, cause: { message: secret } },
      defaultPayloadConverter,
    );
    for (const error of [outer, clear]) {
      const failure = failureConverter.errorToFailure(error, defaultPayloadConverter);
      // Once more, as when a workflow fails with what its activity failed with.
      const again = failureConverter.errorToFailure(
        failureConverter.failureToError(failure, defaultPayloadConverter),
        defaultPayloadConverter,
      );
      for (const { message, stackTrace, cause } of [failure, again]) {
        expect([message, stackTrace, cause?.message, cause?.stackTrace ?? '']).toEqual([
          'Encoded failure',
          '',
          'Encoded failure',
          '',
        ]);
      }
      const read = failureConverter.failureToError(again, defaultPayloadConverter);
      expect(read.message).toBe(error.message);
      expect((read.cause as Error).message).toBe(secret);
    }
  });

  it('keeps its message however often it is converted', () => {
    const error = failureConverter.failureToError(
      { message: secret, applicationFailureInfo: {} },
      defaultPayloadConverter,
    );
    failureConverter.errorToFailure(error, defaultPayloadConverter);
    const second = failureConverter.errorToFailure(error, defaultPayloadConverter);
    expect(failureConverter.failureToError(second, defaultPayloadConverter).message).toBe(secret);
  });
});
