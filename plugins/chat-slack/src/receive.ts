import { MeshwrightError } from '@meshwright/model';
import { type ChatDelivery, type ChatPlugin, type IncomingRequest, jsonOf } from '@meshwright/plugin-sdk';
import { z } from 'zod';
import { readInteraction } from './interaction.ts';
import { isFromSlack } from './signature.ts';

/** docs.slack.dev, «url_verification event». */
const UrlVerification = z.object({ type: z.literal('url_verification'), challenge: z.string().max(500) });

/** See `ChatPlugin.receive`: not one byte of the body is read before its signature is believed. */
export const receive: NonNullable<ChatPlugin['receive']> = async (request, { service, secret }, now) => {
  if (!isFromSlack(request, await secret(), now)) return undefined;
  const body = textOf(request);
  const verification = UrlVerification.safeParse(jsonOf(body)).data;
  if (verification !== undefined) return answerTo(verification.challenge);
  const payload = new URLSearchParams(body).get('payload');
  if (payload === null) throw new MeshwrightError('INVALID_INPUT', 'Slack sent a request without a payload.');
  return readInteraction(jsonOf(payload), service);
};

function answerTo(challenge: string): ChatDelivery {
  return {
    id: 'url_verification',
    event: { kind: 'other', name: 'url_verification' },
    answer: { status: 200, contentType: 'text/plain', body: challenge },
  };
}

function textOf({ body }: IncomingRequest): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new MeshwrightError('INVALID_INPUT', 'Slack sent a request that is not UTF-8.');
  }
}
