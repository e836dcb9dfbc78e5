import type { ObjectChange } from '@meshwright/model';
import { expect, it } from 'vitest';
import { reference } from './test-support/plans.ts';
import { groupAlike, mergeOwners, withoutMark } from './alike.ts';

function update(name: string, after: string, more: Partial<ObjectChange> = {}): ObjectChange {
  const fields = [{ path: '/metadata/labels/version', before: '1.30.2', after }];
  return { object: reference('ConfigMap', `istio-system/${name}`), change: 'update', fields, ...more };
}

function grouped(changes: ObjectChange[]): string[][] {
  return groupAlike(changes).map((group) => group.changes.map(({ object }) => object.name));
}

it('puts objects together that change alike, in the place of the first', () => {
  const changes = [update('a', '1.31.0'), update('b', 'other'), update('c', '1.31.0'), update('d', '1.31.0')];
  expect(grouped(changes)).toEqual([['a', 'c', 'd'], ['b']]);
});

it('leaves a pair apart, and what changes hands otherwise', () => {
  const owners = { before: { helm: 1 }, after: { meshwright: 1 } };
  expect(grouped([update('a', '1.31.0'), update('b', '1.31.0')])).toEqual([['a'], ['b']]);
  expect(grouped([update('a', '1'), update('b', '1'), update('c', '1', { owners })])).toEqual([
    ['a'],
    ['b'],
    ['c'],
  ]);
});

it('puts objects together that change hands alike, and says between which counts', () => {
  const taken = (fields: number): Partial<ObjectChange> => ({
    owners: { before: { helm: fields, istiod: 2 }, after: { meshwright: fields } },
  });
  const changes = [update('a', '1', taken(3)), update('b', '1', taken(12)), update('c', '1', taken(7))];
  expect(grouped(changes)).toEqual([['a', 'b', 'c']]);
  expect(mergeOwners(changes.map(({ owners }) => owners!.before))).toEqual({ helm: '3–12', istiod: '2' });
});

it("leaves the inventory's own mark out, alone or beside other labels", () => {
  const mark = 'applyset.kubernetes.io/part-of';
  const label = { path: '/metadata/labels/applyset.kubernetes.io~1part-of', after: 'applyset-1' };
  const labels = { path: '/metadata/labels', after: { [mark]: 'applyset-1' } };
  const others = { path: '/metadata/labels', after: { [mark]: 'applyset-1', app: 'cart' } };
  const change = update('a', '1');
  expect(withoutMark({ ...change, fields: [label, labels] }).fields).toEqual([]);
  expect(withoutMark({ ...change, fields: [others, ...change.fields] }).fields).toEqual([
    others,
    ...change.fields,
  ]);
});
