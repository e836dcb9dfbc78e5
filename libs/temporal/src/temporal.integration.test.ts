import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { SearchAttribute } from '@meshwright/model';
import { connectTemporal, type TemporalConnection } from './connection.ts';
import { ensureSearchAttributes } from './search-attributes.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** `host:port` of the Temporal server that vitest's global set-up has started. */
    temporalAddress: string;
  }
}

const address = process.env.MESHWRIGHT_TEST_TEMPORAL ?? inject('temporalAddress');
const namespace = 'default';
let temporal: TemporalConnection;

beforeAll(async () => {
  temporal = await connectTemporal({ address, namespace });
});
afterAll(() => temporal.close());

describe('connectTemporal', () => {
  it('says that a namespace is missing', async () => {
    await expect(connectTemporal({ address, namespace: 'nobody-made-this' })).rejects.toMatchObject({
      code: 'INVALID_CONFIGURATION',
      message: expect.stringContaining('nobody-made-this') as string,
    });
  });
});

describe('ensureSearchAttributes', () => {
  it('registers all of them, however often and from however many at once', async () => {
    const { connection } = temporal.client;
    await Promise.all([1, 2, 3].map(() => ensureSearchAttributes(connection, { address, namespace })));
    await ensureSearchAttributes(connection, { address, namespace });
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    expect(Object.keys(customAttributes)).toEqual(expect.arrayContaining(Object.values(SearchAttribute)));
  });
});
