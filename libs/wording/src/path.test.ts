import { expect, it } from 'vitest';
import { formatPath } from './path.ts';

it.each([
  ['/spec/replicas', '.spec.replicas'],
  ['/spec/template/spec/containers/0/image', '.spec.template.spec.containers[0].image'],
  ['/metadata/labels/app.kubernetes.io~1name', '.metadata.labels["app.kubernetes.io/name"]'],
  ['/data/a~0b', '.data["a~b"]'],
  ['/data/evil\u001b"', '.data["evil\\u001b\\""]'],
  ['', ''],
])('writes %s as %s', (pointer, path) => {
  expect(formatPath(pointer)).toBe(path);
});
