import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { DataConverter, Payload, PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';
import { MeshwrightError } from '@meshwright/model';

/** What payloads are encrypted with. */
export interface PayloadEncryption {
  /** The id of the key that encrypts; the others only decrypt what was encrypted with them before. */
  activeKey: string;
  keys: readonly EncryptionKey[];
}

export interface EncryptionKey {
  /** Travels in clear with every payload. */
  id: string;
  /** 32 bytes in base64 (RFC 4648). */
  key: string;
}

type Keys = ReadonlyMap<string, Buffer>;

// The form of Temporal's own encryption samples, so that a codec server written after them can read it: the metadata
// names the key, the data are nonce, ciphertext and tag of the whole payload as Protobuf.
const encodingField = 'encoding';
const encodingName = 'binary/encrypted';
const keyIdField = 'encryption-key-id';
const cipher = 'aes-256-gcm';
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
const base64Of32Bytes = /^[A-Za-z0-9+/]{43}=$/;

const PayloadMessage = proto.temporal.api.common.v1.Payload;
const failureConverterPath = fileURLToPath(new URL('./failure-converter.ts', import.meta.url));

/**
 * How values become what Temporal stores: as JSON, and encrypted where keys are given, then with the messages of
 * failures as well. Without keys, what is encrypted is refused with a word on the key.
 * @throws MeshwrightError INVALID_CONFIGURATION when a key cannot be used.
 */
export function dataConverterOf(encryption: PayloadEncryption | undefined): DataConverter {
  const payloadCodecs = [encryptionCodec(encryption)];
  return encryption === undefined ? { payloadCodecs } : { payloadCodecs, failureConverterPath };
}

/** Encrypts each payload by itself with AES-256-GCM (NIST SP 800-38D), under a nonce of its own. */
export function encryptionCodec(encryption: PayloadEncryption | undefined): PayloadCodec {
  const keys: Keys = new Map(encryption?.keys.map(({ id, key }) => [id, keyOf(id, key)]));
  const active = encryption?.activeKey;
  const key = active === undefined ? undefined : requireKey(keys, active);
  return {
    encode(payloads) {
      if (active === undefined || key === undefined) return Promise.resolve(payloads);
      return Promise.resolve(payloads.map((payload) => encrypt(payload, active, key)));
    },
    decode: async (payloads) => Promise.resolve(payloads.map((payload) => decrypt(payload, keys))),
  };
}

function encrypt(payload: Payload, id: string, key: Buffer): Payload {
  const nonce = randomBytes(nonceBytes);
  const encryption = createCipheriv(cipher, key, nonce);
  const clear = PayloadMessage.encode(payload).finish();
  const data = Buffer.concat([nonce, encryption.update(clear), encryption.final(), encryption.getAuthTag()]);
  return { metadata: { [encodingField]: Buffer.from(encodingName), [keyIdField]: Buffer.from(id) }, data };
}

/** Payloads from before encryption was turned on are as they are. */
function decrypt(payload: Payload, keys: Keys): Payload {
  const { metadata, data } = payload;
  if (textOf(metadata?.[encodingField]) !== encodingName) return payload;
  const id = textOf(metadata?.[keyIdField]);
  const key = requireKey(keys, id);
  const bytes = Buffer.from(data ?? []);
  try {
    const decryption = createDecipheriv(cipher, key, bytes.subarray(0, nonceBytes), {
      authTagLength: tagBytes,
    });
    decryption.setAuthTag(bytes.subarray(-tagBytes));
    const clear = decryption.update(bytes.subarray(nonceBytes, -tagBytes));
    return PayloadMessage.decode(Buffer.concat([clear, decryption.final()]));
  } catch (error) {
    throw new MeshwrightError(
      'INVALID_CONFIGURATION',
      `A payload in Temporal says that it is encrypted with key ${JSON.stringify(id)}, but that key does not open it`,
      { remedy: 'Give the key that had this id when the payload was written; ids are not used again.' },
      { cause: error },
    );
  }
}

function requireKey(keys: Keys, id: string): Buffer {
  const key = keys.get(id);
  if (key !== undefined) return key;
  const known = [...keys.keys()].join(', ');
  throw new MeshwrightError(
    'INVALID_CONFIGURATION',
    `The encryption key ${JSON.stringify(id)} is needed and not known; known are: ${known === '' ? 'none' : known}`,
    { remedy: `Add the key under temporal.encryption.keys in meshwright.yaml, and start again.` },
  );
}

function keyOf(id: string, text: string): Buffer {
  if (base64Of32Bytes.test(text)) return Buffer.from(text, 'base64');
  throw new MeshwrightError(
    'INVALID_CONFIGURATION',
    `The encryption key ${JSON.stringify(id)} is not ${keyBytes} bytes in base64`,
    { remedy: 'Make one with: openssl rand -base64 32' },
  );
}

function textOf(bytes: Uint8Array | null | undefined): string {
  return Buffer.from(bytes ?? []).toString('utf8');
}
