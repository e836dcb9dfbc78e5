import { isMeshwrightError, type Notice, type NoticePicture } from '@meshwright/model';
import type { MessageReference } from './chat.ts';
import { momentOf } from './outline.ts';

/** The message of one rollout in a channel whose messages can be changed and have threads. */
export interface MessageStore {
  /** The message that was sent and not noted, because whoever sent it ended before. */
  find(): Promise<MessageReference | undefined>;
  /** Changes the message, or sends another where there is none or somebody has removed it; gives what it is known by. */
  put(sent: MessageReference | undefined): Promise<MessageReference>;
  /** Adds the picture to the message's thread. */
  addPicture(message: MessageReference, picture: NoticePicture): Promise<void>;
  /** Adds a text to the message's thread. */
  addText(message: MessageReference, text: string): Promise<void>;
}

/** What is told, with the message that was noted for it and the picture that belongs to it. */
interface Told {
  notice: Notice;
  message: MessageReference | undefined;
  picture: NoticePicture | undefined;
}

/**
 * Sends the one message of a rollout, or changes it in place; an older notice never replaces a newer one. Its picture is added
 * once to each message. What the service refuses there is said in its place, and keeps nothing from being told.
 */
export async function keepMessage(
  store: MessageStore,
  { notice, message, picture }: Told,
): Promise<MessageReference> {
  const sent = message ?? (await store.find());
  const moment = momentOf(notice);
  if (sent !== undefined && Number(sent.at) > moment) return sent;
  const put = await store.put(sent);
  const isSame = Object.entries(put).every(([name, value]) => sent?.[name] === value);
  const known: MessageReference = { ...(isSame ? sent : {}), ...put, at: String(moment) };
  if (picture === undefined || known.picture !== undefined) return known;
  return { ...known, picture: await addPicture(store, known, picture) };
}

async function addPicture(
  store: MessageStore,
  message: MessageReference,
  picture: NoticePicture,
): Promise<'sent' | 'refused'> {
  try {
    await store.addPicture(message, picture);
    return 'sent';
  } catch (error) {
    if (!isMeshwrightError(error) || error.retryable) throw error;
    await store.addText(message, `The picture of the verdict could not be added. ${error.message}`);
    return 'refused';
  }
}
