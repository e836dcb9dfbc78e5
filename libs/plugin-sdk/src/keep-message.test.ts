import { MeshwrightError, type Notice } from '@meshwright/model';
import { beforeEach, expect, it } from 'vitest';
import type { MessageReference } from './chat.ts';
import { keepMessage, type MessageStore } from './keep-message.ts';

let done: string[];
beforeEach(() => {
  done = [];
});

function store(over: Partial<MessageStore> = {}): MessageStore {
  return {
    find: () => Promise.resolve(undefined),
    put: (sent) => {
      done.push(`put ${sent?.id ?? 'a new one'}`);
      return Promise.resolve({ id: sent?.id ?? 'm1' });
    },
    addPicture: () => {
      done.push('picture');
      return Promise.resolve();
    },
    addText: (_message, text) => {
      done.push(text);
      return Promise.resolve();
    },
    ...over,
  };
}

function keep(
  { at, message, picture }: { at: number; message?: MessageReference; picture?: true },
  over: Partial<MessageStore> = {},
): Promise<MessageReference> {
  const notice = { progress: [{ at }] } as unknown as Notice;
  const drawn = { image: new Uint8Array(), title: 'p99', description: 'p99' };
  return keepMessage(store(over), { notice, message, picture: picture === true ? drawn : undefined });
}

it('changes the message that was noted, or was found, and sends one where there is none', async () => {
  const found = { find: () => Promise.resolve({ id: 'm7', at: '0' }) };
  expect(await keep({ at: 5 })).toEqual({ id: 'm1', at: '5' });
  expect(await keep({ at: 6 }, found)).toEqual({ id: 'm7', at: '6' });
  expect(await keep({ at: 7, message: { id: 'm2', at: '6' } }, found)).toEqual({ id: 'm2', at: '7' });
  expect(done).toEqual(['put a new one', 'put m7', 'put m2']);
});

it('leaves a message alone that says something newer', async () => {
  const newer = { id: 'm1', at: '9' };
  expect(await keep({ at: 8, message: newer })).toBe(newer);
  expect(done).toEqual([]);
});

it('adds the picture once to each message', async () => {
  const first = await keep({ at: 5, picture: true });
  expect(first).toEqual({ id: 'm1', at: '5', picture: 'sent' });
  await keep({ at: 6, message: first, picture: true });
  expect(done.filter((what) => what === 'picture')).toHaveLength(1);
  // Somebody has removed the message: its picture went with it.
  const again = { put: () => Promise.resolve({ id: 'm2' }) };
  expect(await keep({ at: 7, message: first }, again)).toEqual({ id: 'm2', at: '7' });
  await keep({ at: 7, message: first, picture: true }, again);
  expect(done.filter((what) => what === 'picture')).toHaveLength(2);
});

it('says in the place of the picture that it was refused, and tries again where the service is away', async () => {
  const failing = (code: 'SERVICE_REFUSED' | 'SERVICE_UNREACHABLE'): Partial<MessageStore> => ({
    addPicture: () => Promise.reject(new MeshwrightError(code, 'It is too large.')),
  });
  const refused = await keep({ at: 5, picture: true }, failing('SERVICE_REFUSED'));
  expect(refused.picture).toBe('refused');
  expect(done.at(-1)).toBe('The picture of the verdict could not be added. It is too large.');
  await expect(keep({ at: 5, picture: true }, failing('SERVICE_UNREACHABLE'))).rejects.toThrow('too large');
});
