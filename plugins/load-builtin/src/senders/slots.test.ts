import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createSlots } from './slots.ts';

it('hands each slot to one taker at a time, in the order in which they came', async () => {
  const steps = fc.array(fc.boolean(), { maxLength: 200 });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 5 }), steps, async (size, takes) => {
      const slots = createSlots(Array.from({ length: size }, (_, place) => place));
      const held: number[] = [];
      const served: number[] = [];
      let taker = 0;
      for (const take of takes) {
        if (take) {
          const own = (taker += 1);
          void slots.take().then((slot) => {
            held.push(slot);
            served.push(own);
          });
        } else {
          const slot = held.shift();
          if (slot !== undefined) slots.give(slot);
        }
        await Promise.resolve();
        await Promise.resolve();
        expect(new Set(held).size).toBe(held.length);
        expect(held.length).toBeLessThanOrEqual(size);
      }
      expect(served).toEqual(served.map((_, place) => place + 1));
    }),
  );
});

it('keeps the order beyond the thousands that wait for one slot', async () => {
  const slots = createSlots(['only']);
  const order: number[] = [];
  const all = Array.from({ length: 2_500 }, (_, place) =>
    slots.take().then((slot) => {
      order.push(place);
      slots.give(slot);
    }),
  );
  await Promise.all(all);
  expect(order).toEqual(all.map((_, place) => place));
});
