import { createHmac, randomBytes } from 'node:crypto';
import type { IncomingRequest } from '@meshwright/plugin-sdk';
import type { FastifyRequest } from 'fastify';

/** A request as plugins check it: its headers, and the bytes of its body, unparsed. */
export function incomingOf(request: FastifyRequest): IncomingRequest {
  return { headers: request.headers, body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0) };
}

/** Does what checking a signature does, for nobody: a name that is unknown is refused in the same time as a wrong signature. */
export function checkInVain({ body }: IncomingRequest): void {
  createHmac('sha256', randomBytes(32)).update(body).digest();
}
