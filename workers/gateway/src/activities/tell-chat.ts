import { messageOf, type Notice, type TellInput } from '@meshwright/model';
import type { MessageReference } from '@meshwright/plugin-sdk';
import type { Logger } from '@meshwright/telemetry';
import type { ChatService } from '@meshwright/services';
import type { Telling } from './tell.ts';
import { pictureOf } from './verdict-picture.ts';

/** What a chat was told, for the next time. */
export interface ToldChat {
  message?: Readonly<Record<string, string>>;
  told: string[];
  final?: false;
  moving?: true;
}

/**
 * One message for each pattern, changed in place, with what has happened in its thread. Once a new message is sent nothing
 * fails any more: its reference must not get lost, or it would be sent twice.
 */
export async function tellChat(
  { connection, config }: ChatService,
  { input, notices, status }: Telling,
  logger: Logger,
): Promise<ToldChat> {
  const messages: Record<string, string> = { ...input.message };
  const told = new Set(input.told);
  let behind = false;
  const picture = await pictureOf({ status }, logger);
  for (const notice of notices) {
    try {
      const before = referenceOf(messages[notice.pattern]);
      const message = await connection.publish(notice, before, picture);
      messages[notice.pattern] = JSON.stringify(message);
      await tellProgress(notice, input, told, (lines) => connection.addProgress(message, lines));
    } catch (error) {
      if (!hasNew(messages, input)) throw error;
      logger.warn({ chat: config.name, reason: messageOf(error) }, 'a chat was told only in part');
      behind = true;
    }
  }
  const message = Object.keys(messages).length === 0 ? {} : { message: messages };
  return { ...message, told: [...told], ...(behind ? { final: false, moving: true } : {}) };
}

/** Whether a message was sent that only we know of. */
function hasNew(messages: Readonly<Record<string, string>>, { message }: TellInput): boolean {
  return Object.keys(messages).some((pattern) => message?.[pattern] === undefined);
}

function referenceOf(text: string | undefined): MessageReference | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as MessageReference);
}

/** Lines that have not been told yet; the message itself says what there is to say at first. */
async function tellProgress(
  { progress, pattern }: Notice,
  { message }: TellInput,
  told: Set<string>,
  add: (lines: string[]) => Promise<void>,
): Promise<void> {
  const keyOf = (key: string): string => `${pattern}/${key}`;
  const news = progress.filter(({ key }) => !told.has(keyOf(key)));
  const isFirst = message?.[pattern] === undefined;
  if (news.length > 0 && !isFirst) await add(news.map(({ text }) => text));
  for (const { key } of news) told.add(keyOf(key));
}
