import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readJson, readPayload } from './payload.ts';

const shape = z.object({ comment: z.object({ id: z.int() }) });
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('a payload', () => {
  it('is read in its shape, however deep the rest of it is', () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    const payload = readJson('GitHub', bytes(`{"comment":{"id":7,"deep":${deep}}}`));
    expect(readPayload('GitHub', shape, payload)).toEqual({ comment: { id: 7 } });
  });

  it.each(['', 'x', '{', '['.repeat(100_000), '\ud800', 'null', '7', '[]', '{"comment":{"id":"secret-7"}}'])(
    'of %.20s is refused without showing it',
    (text) => {
      const read = (): unknown => readPayload('GitHub', shape, readJson('GitHub', bytes(text)));
      expect(read).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
      expect(read).not.toThrow('secret-7');
    },
  );

  it('that is no UTF-8 or of 50 MB is refused', () => {
    for (const body of [new Uint8Array([0xff]), Buffer.alloc(50 * 1024 * 1024, ' ')]) {
      expect(() => readJson('GitHub', body)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
    }
  });
});
