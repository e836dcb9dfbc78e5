import fc from 'fast-check';
import { expect, test } from 'vitest';

import { freeSlots, networkOfSlot, overlaps, SLOTS } from './network.ts';

const slot = fc.integer({ min: 0, max: SLOTS - 1 });

test('everything of a node lies in its own range, and pods, Services and the link do not overlap', () => {
  fc.assert(
    fc.property(slot, (number) => {
      const network = networkOfSlot(number);
      const parts = [network.podCidr, network.serviceCidr, `${network.hostAddress}/30`];
      for (const part of parts) expect(overlaps(part, network.cidr)).toBe(true);
      for (const [index, part] of parts.entries()) {
        for (const other of parts.slice(index + 1)) expect(overlaps(part, other)).toBe(false);
      }
      expect(overlaps(network.dnsAddress, network.serviceCidr)).toBe(true);
      expect(overlaps(network.nodeAddress, `${network.hostAddress}/30`)).toBe(true);
      // The kernel takes names of at most 15 characters.
      expect(network.device.length).toBeLessThanOrEqual(15);
    }),
  );
});

test('two nodes share no address and no device', () => {
  fc.assert(
    fc.property(slot, slot, (left, right) => {
      fc.pre(left !== right);
      const [a, b] = [networkOfSlot(left), networkOfSlot(right)];
      expect(overlaps(a.cidr, b.cidr)).toBe(false);
      expect(a.device).not.toBe(b.device);
    }),
  );
});

test('two networks overlap exactly when they share an address', () => {
  const octet = fc.integer({ min: 0, max: 3 });
  const cidr = fc
    .tuple(octet, fc.integer({ min: 28, max: 32 }))
    .map(([last, bits]) => `10.0.0.${last * 5}/${bits}`);
  const addresses = (text: string): Set<number> => {
    const [address = '', bits = ''] = text.split('/');
    const size = 2 ** (32 - Number(bits));
    const last = Number(address.split('.')[3]);
    const start = last - (last % size);
    return new Set(Array.from({ length: size }, (_, offset) => start + offset));
  };
  fc.assert(
    fc.property(cidr, cidr, (left, right) => {
      const others = addresses(right);
      expect(overlaps(left, right)).toBe([...addresses(left)].some((address) => others.has(address)));
    }),
  );
});

test('a slot is not free when a route other than the default leads into it', () => {
  const free = freeSlots([
    { dst: 'default' },
    { dst: '10.160.0.0/16' },
    { dst: '10.162.7.9' },
    { dst: '192.168.0.0/24' },
  ]);
  expect(free.map((network) => network.slot).slice(0, 3)).toEqual([1, 3, 4]);
});

test('a route to all private addresses leaves no slot', () => {
  expect(freeSlots([{ dst: '10.0.0.0/8' }])).toEqual([]);
});
