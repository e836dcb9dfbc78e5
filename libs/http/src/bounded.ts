/** Reads a body as text. @throws AnswerTooLarge as soon as more than `maxBytes` have come. */
export async function readBounded(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string> {
  return (await readBytesBounded(body, maxBytes)).toString('utf8');
}

/** Reads a body. @throws AnswerTooLarge as soon as more than `maxBytes` have come. */
export async function readBytesBounded(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes) throw new AnswerTooLarge(maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

/** An answer longer than its reader allows. */
export class AnswerTooLarge extends Error {
  constructor(maxBytes: number) {
    super(`the answer is larger than ${maxBytes} bytes`);
  }
}
