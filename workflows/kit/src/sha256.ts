const blockBytes = 64;

/** The fractional parts of a root of the first primes, 32 bits each (FIPS 180-4, 4.2.2 and 5.3.3). */
const primes = firstPrimes(64);
const roundConstants = primes.map((prime) => fraction(Math.cbrt(prime)));
const initialState = primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));

/**
 * The SHA-256 of a text of ASCII characters, as 64 hexadecimal digits (FIPS 180-4). For the few bytes a workflow
 * has to bind together: its sandbox has no crypto module.
 * @throws RangeError when the text holds anything but ASCII.
 */
export function sha256(text: string): string {
  const blocks = padded(text);
  let state = initialState;
  for (let offset = 0; offset < blocks.length; offset += blockBytes) {
    state = compress(state, blocks.subarray(offset, offset + blockBytes));
  }
  return state.map((word) => word.toString(16).padStart(8, '0')).join('');
}

/** The message, a single 1 bit, zeros, and the message's length in bits as the last eight bytes. */
function padded(text: string): Uint8Array {
  const length = Math.ceil((text.length + 9) / blockBytes) * blockBytes;
  const bytes = new Uint8Array(length);
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) throw new RangeError('sha256 takes ASCII only.');
    bytes[index] = code;
  }
  bytes[text.length] = 0x80;
  const view = new DataView(bytes.buffer);
  view.setUint32(length - 8, Math.floor(text.length / 2 ** 29));
  view.setUint32(length - 4, (text.length << 3) >>> 0);
  return bytes;
}

function compress(state: number[], block: Uint8Array): number[] {
  const words = schedule(block);
  let [a, b, c, d, e, f, g, h] = state as Eight;
  for (const [round, constant] of roundConstants.entries()) {
    const sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const choice = (e & f) ^ (~e & g);
    const first = (h + sum1 + choice + constant + (words[round] ?? 0)) >>> 0;
    const sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) >>> 0, c, b, a, (first + sum0 + majority) >>> 0];
  }
  const mixed = [a, b, c, d, e, f, g, h];
  return state.map((word, index) => (word + (mixed[index] ?? 0)) >>> 0);
}

type Eight = [number, number, number, number, number, number, number, number];

function schedule(block: Uint8Array): Uint32Array {
  const words = new Uint32Array(64);
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  for (let index = 0; index < 16; index += 1) words[index] = view.getUint32(index * 4);
  for (let index = 16; index < 64; index += 1) {
    const w15 = words[index - 15] ?? 0;
    const w2 = words[index - 2] ?? 0;
    const s0 = rotate(w15, 7) ^ rotate(w15, 18) ^ (w15 >>> 3);
    const s1 = rotate(w2, 17) ^ rotate(w2, 19) ^ (w2 >>> 10);
    words[index] = (words[index - 16] ?? 0) + s0 + (words[index - 7] ?? 0) + s1;
  }
  return words;
}

function rotate(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}

function fraction(root: number): number {
  return ((root - Math.floor(root)) * 2 ** 32) >>> 0;
}

function firstPrimes(count: number): number[] {
  const found: number[] = [];
  for (let candidate = 2; found.length < count; candidate += 1) {
    if (found.every((prime) => candidate % prime !== 0)) found.push(candidate);
  }
  return found;
}
