import { expect, test } from 'vitest';

import { parseLdd } from './libraries.ts';

test('libraries and the loader are the absolute paths that ldd prints', () => {
  const output = `	linux-vdso.so.1 (0x00007f6fc40de000)
	libm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x00007f6fbcf20000)
	libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f6fbcd3e000)
	/lib64/ld-linux-x86-64.so.2 (0x00007f6fc40e0000)
`;
  expect(parseLdd(output)).toEqual([
    '/lib/x86_64-linux-gnu/libm.so.6',
    '/lib/x86_64-linux-gnu/libc.so.6',
    '/lib64/ld-linux-x86-64.so.2',
  ]);
});

test('a static program has no libraries', () => {
  expect(parseLdd('\tnot a dynamic executable\n')).toEqual([]);
});

test('a library that the host lacks is an error with its name', () => {
  expect(() => parseLdd('\tlibssl.so.3 => not found\n')).toThrow('libssl.so.3');
});
