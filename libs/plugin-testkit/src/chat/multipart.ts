import type { ReceivedRequest } from '../service/server.ts';

/** A part of a form with files (RFC 7578). */
export interface FormPart {
  name: string;
  filename?: string;
  content: Buffer;
}

/** The parts of a form as it was sent. */
export function formParts({ headers, body }: ReceivedRequest): FormPart[] {
  const boundary = /boundary="?([^";]+)"?/.exec(String(headers['content-type']))?.[1];
  if (boundary === undefined) throw new Error('a form without a boundary');
  const delimiter = Buffer.from(`--${boundary}`);
  const parts: FormPart[] = [];
  let at = body.indexOf(delimiter);
  while (at >= 0) {
    const start = at + delimiter.length;
    const next = body.indexOf(delimiter, start);
    if (next < 0) break;
    // Between the line break after this delimiter and the one before the next.
    parts.push(partOf(body.subarray(start + 2, next - 2)));
    at = next;
  }
  return parts;
}

function partOf(bytes: Buffer): FormPart {
  const end = bytes.indexOf('\r\n\r\n');
  const head = bytes.subarray(0, end).toString();
  const name = /[; ]name="([^"]*)"/.exec(head)?.[1] ?? '';
  const filename = /filename="([^"]*)"/.exec(head)?.[1];
  const content = bytes.subarray(end + 4);
  return filename === undefined ? { name, content } : { name, filename, content };
}
