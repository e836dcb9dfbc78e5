import { createHash } from 'node:crypto';
import type { ForgeDelivery, ForgeEvent } from '../forge.ts';
import type { IncomingRequest } from '../http.ts';
import { nonsense, readJson } from './payload.ts';
import { headerOf } from './signatures.ts';

/**
 * What a forge tells by a webhook that is believed; `eventOf` reads what its JSON says of the event that the header names.
 * @throws MeshwrightError INVALID_INPUT where it names none, or is no JSON.
 */
export function deliveryOf(
  service: string,
  { headers, body }: IncomingRequest,
  header: string,
  eventOf: (name: string, payload: unknown) => ForgeEvent,
): ForgeDelivery {
  const name = headerOf(headers, header);
  if (name === '') throw nonsense(service, 'it does not name its event');
  const event = eventOf(name, readJson(service, body));
  // The id in a forge's headers is not always signed: whoever sends a body again could give it another one. A comment is told
  // of once, through whichever webhook.
  const id = event.kind === 'comment' ? `comment-${event.comment}` : contentId(body);
  return { id, event };
}

/** An event that is of no interest here, in the forge's words. */
export function otherEvent(name: string, action?: string): ForgeEvent {
  return { kind: 'other', name: `${name}${action === undefined ? '' : ` ${action}`}`.slice(0, 100) };
}

/** The same when a body is sent again: it has times and numbers in it that make it another one otherwise. */
function contentId(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('hex');
}
