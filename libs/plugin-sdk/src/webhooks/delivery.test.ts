import { expect, it } from 'vitest';
import type { ForgeDelivery, ForgeEvent } from '../forge.ts';
import { deliveryOf, otherEvent } from './delivery.ts';

const comment: ForgeEvent = {
  kind: 'comment',
  project: 'acme/patterns',
  number: 7,
  comment: '4711',
  url: 'https://git.example.com/comment',
  body: '/approve',
  author: { service: 'forge', id: '1' },
  automated: false,
};

function delivered(body: string, eventOf = (name: string): ForgeEvent => otherEvent(name)): ForgeDelivery {
  const request = { headers: { 'x-event': 'pushed' }, body: Buffer.from(body) };
  return deliveryOf('Forge', request, 'x-event', eventOf);
}

it('has the same id when it is sent again, and another with another content', () => {
  expect(delivered('{"at":1}')).toEqual(delivered('{"at":1}'));
  expect(delivered('{"at":1}').id).not.toBe(delivered('{"at":2}').id);
});

it('has one id for one comment, whatever else is told with it', () => {
  expect(delivered('{"hook":1}', () => comment).id).toBe(delivered('{"hook":2}', () => comment).id);
});

it('reads an event of no interest by its name, shortened', () => {
  expect(delivered('{}').event).toEqual({ kind: 'other', name: 'pushed' });
  expect(otherEvent('note', 'x'.repeat(500))).toEqual({ kind: 'other', name: `note ${'x'.repeat(95)}` });
});

it('refuses a request that does not name its event, or is no JSON', () => {
  const unnamed = { headers: {}, body: Buffer.from('{}') };
  expect(() => deliveryOf('Forge', unnamed, 'x-event', () => comment)).toThrow('does not name its event');
  expect(() => delivered('{')).toThrow('no JSON');
});
