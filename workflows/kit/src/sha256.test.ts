import { describe, expect, it } from 'vitest';
import { sha256 } from './sha256.ts';

describe('sha256', () => {
  it('gives the digests of the standard', () => {
    // NIST FIPS 180-4, examples with intermediate values.
    expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(sha256('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq')).toBe(
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    );
  });

  // Computed with sha256sum.
  it.each([
    [0, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    [1, '62c66a7a5dd70c3146618063c344e531e6d4b59e379808443ce962b3abd63c5a'],
    [55, '3376424373aba5558fe0d6fb4de3b937b5cc23e38bf978d47a792423bb77a235'],
    [56, '433433c89b6417aafffa5b2361b4912dbb11e4a796207bf7ca3a1dcc116ea994'],
    [63, '6e80a1cca9ce209522c092413cd97b7b71b18c8c3e90b2e0d5fe59b97c37ad18'],
    [64, '55d24d1e5bb5c78ff659439718f787646160ce78ff2f48952745723fe61d06e6'],
    [119, '4f1fca6f9f81f68cd9b37209a7bf1eebece7533f47acfe55e204736ea05c26b6'],
    [120, '864bacb2b3f3b4c49e904e197a03783d6825bc7738ce9e945b14c75dca2b3ff7'],
    [1000, '2084d99a684fdfa598f61fe4464d8d58b37bbd0533a9d1fb598dfb4603023669'],
  ])('pads a text of %i characters as the standard says', (length, digest) => {
    expect(sha256('m'.repeat(length))).toBe(digest);
  });

  it('refuses what is not ASCII', () => {
    expect(() => sha256('é')).toThrow(RangeError);
  });
});
