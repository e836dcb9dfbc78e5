/** A line of a stream; undefined text where it was longer than what is read of one. */
export interface Line {
  /** The first is 1. */
  number: number;
  text: string | undefined;
}

const lineFeed = 0x0a;

/** The lines of a stream of UTF-8, each of at most so many bytes; what is longer is skipped up to its end. */
export async function* linesOf(
  stream: AsyncIterable<Uint8Array>,
  mostBytes: number,
): AsyncGenerator<Line, void> {
  let number = 0;
  let parts: Uint8Array[] = [];
  let size = 0;
  const take = (): Line => {
    number += 1;
    const text = size > mostBytes ? undefined : Buffer.concat(parts).toString('utf8');
    parts = [];
    size = 0;
    return { number, text };
  };
  const keep = (part: Uint8Array): void => {
    size += part.length;
    if (size <= mostBytes) parts.push(part);
    else parts = [];
  };
  for await (const chunk of stream) {
    let from = 0;
    for (let at = chunk.indexOf(lineFeed); at !== -1; at = chunk.indexOf(lineFeed, from)) {
      keep(chunk.subarray(from, at));
      yield take();
      from = at + 1;
    }
    keep(chunk.subarray(from));
  }
  if (size > 0) yield take();
}
