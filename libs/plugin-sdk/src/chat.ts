import {
  type Account,
  type Decision,
  type DecisionReference,
  MeshwrightError,
  type Notice,
  type NoticePicture,
} from '@meshwright/model';
import type { IncomingRequest, ReadSecret, ServiceContext } from './http.ts';

/** How a chat is reached, as the engine's configuration says it. */
export interface ChatSettings {
  /** The name of the connection: the `service` of its accounts. */
  service: string;
  /** The service's address, where it is not one for everybody; without a slash at the end. */
  url?: string;
  /** The service's id of the channel that messages go to. */
  channel: string;
  /** What messages are sent with. */
  token?: ReadSecret;
  /** What interactions are checked with: the service's signing secret, or one of our own that buttons are signed with. */
  secret: ReadSecret;
  /** What interactions are asked for with, where no request from outside can come in (Slack's Socket Mode). */
  appToken?: ReadSecret;
  /** Where the gateway hears of interactions with this chat; for services that buttons have to tell it. */
  callbackUrl?: string;
}

/** The error for a chat whose configuration leaves out something that its service needs. */
export function lacking(
  { service }: Pick<ChatSettings, 'service'>,
  what: string,
  remedy: string,
): MeshwrightError {
  return new MeshwrightError('INVALID_INPUT', `The chat "${service}" has no ${what}.`, { remedy });
}

/** A message that was sent; what is in it is the plugin's own. */
export type MessageReference = Readonly<Record<string, string>>;

/** Where an answer for one person goes; what is in it is the plugin's own. */
export type ReplyReference = Readonly<Record<string, string>>;

/** What a person has done with a message. */
export type ChatEvent =
  | {
      kind: 'decision';
      reference: DecisionReference;
      decision: Decision;
      account: Account;
      reason?: string;
      /** In words: the channel. */
      from: string;
      reply: ReplyReference;
    }
  /** Somebody asks why a rollout waits. */
  | { kind: 'why'; reference: DecisionReference; account: Account; reply: ReplyReference }
  /** The reason of a decision is asked for: `askReason` has to be called within the service's deadline. */
  | { kind: 'ask-reason'; reference: DecisionReference; decision: Decision; reply: ReplyReference }
  /** Signed, and of no interest here. */
  | { kind: 'other'; name: string };

/** An interaction that is believed, and what the service wants to be answered at once. */
export interface ChatDelivery {
  /** The same when the service sends it again. */
  id: string;
  event: ChatEvent;
  answer: { status: number; contentType?: string; body?: string };
}

/** One channel of a chat, as the engine speaks to it. */
export interface ChatConnection {
  /** Who the credential belongs to, and whether it can write to the channel; throws as the others with a remedy. */
  check(): Promise<string>;
  /** Sends the one message of a rollout, or changes it in place. */
  publish(notice: Notice, message?: MessageReference, picture?: NoticePicture): Promise<MessageReference>;
  /** Adds lines to the message's thread. */
  addProgress(message: MessageReference, lines: readonly string[]): Promise<void>;
  /** Says something to the person who has acted, and to nobody else. */
  answer(reply: ReplyReference, text: string): Promise<void>;
  /** Opens a dialogue that asks for a reason; what comes of it is another delivery. */
  askReason?(
    reply: ReplyReference,
    about: { reference: DecisionReference; decision: Decision; title: string },
  ): Promise<void>;
  /** Receives interactions over a connection that goes out; each is acknowledged once `take` has returned. */
  listen?(take: (delivery: ChatDelivery) => Promise<void>): Promise<{ stop(): Promise<void> }>;
}

/**
 * The contract of a chat plugin. Members of a connection throw MeshwrightError SERVICE_UNREACHABLE (to be tried again) or
 * SERVICE_REFUSED (with what to do about it); no secret is in either.
 */
export interface ChatPlugin {
  /** The value of `type` in the configuration. */
  id: string;
  displayName: string;
  connect(settings: ChatSettings, context: ServiceContext): ChatConnection;
  /**
   * Checks the signature over the raw body, in constant time and within the service's replay window, then reads it.
   * Undefined where it is not believed. Absent where people cannot act on its messages.
   * @throws MeshwrightError INVALID_INPUT when it is signed and still makes no sense.
   */
  receive?(
    request: IncomingRequest,
    settings: Pick<ChatSettings, 'service' | 'secret'>,
    now: number,
  ): Promise<ChatDelivery | undefined>;
}
