import { describe, expect, it } from 'vitest';

import { versionIn } from './probe.ts';

describe('the version that a program prints', () => {
  it.each([
    ['etcd Version: 3.7.3\nGit SHA: 0123456\n', '3.7.3'],
    ['Kubernetes v1.36.3\n', '1.36.3'],
    ['Client Version: v1.32.4-dispatcher\nKustomize Version: v5.5.0\n', '1.32.4'],
    ['temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)\n', '1.5.1'],
    ['v4.2.4+g1234567\n', '4.2.4'],
    ['kwok version v0.8.0 go1.26.8 (linux/amd64)\n', '0.8.0'],
  ])('is read from %j', (output, version) => {
    expect(versionIn(output)).toBe(version);
  });

  it('is not read from addresses or longer numbers', () => {
    expect(versionIn('listening on 127.0.0.1\n')).toBeUndefined();
    expect(versionIn('no version')).toBeUndefined();
  });
});
