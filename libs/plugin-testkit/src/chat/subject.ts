import type { ChatConnection, ChatPlugin, ChatSettings, IncomingRequest } from '@meshwright/plugin-sdk';
import type { LocalService } from '../service/server.ts';
import type { SuiteCase } from '../service/suite.ts';

/** A message as people see it in a service, by the service's own rules of what is markup. */
export interface ShownMessage {
  id: string;
  /** The message whose thread it is in. */
  thread?: string;
  /** Who sees it, where not everybody in the channel does. */
  onlyFor?: string;
  /** All that is to be read, whatever it looks like. */
  text: string;
  /** Whom it notifies. */
  mentions: string[];
  /** Where its links lead. */
  links: string[];
  /** By what they are called in a click. */
  buttons: { id: string; label: string; confirms: boolean }[];
  pictures: Buffer[];
}

/** A service on this machine that speaks its wire format and refuses what the real one refuses. */
export interface FakeChat {
  local: LocalService;
  /** Oldest first. */
  messages(): ShownMessage[];
  /** As somebody does who has the right to. */
  remove(message: string): void;
  /** What it answers to a credential that is worth nothing. */
  refuseCredential(): void;
}

/** What came of opening a dialogue. */
export interface OpenDialogue {
  /** All that is to be read in it. */
  text: string;
  /** Somebody fills it in. */
  submit(what: { user?: string; reason: string; at: number }): IncomingRequest;
}

/** How people act on messages of a service: its own way to sign what it tells of it. */
export interface Interactions {
  /** The id of somebody who belongs here, as accounts have it. */
  user: string;
  /** A click of a button of a message that was sent. */
  click(what: {
    chat: FakeChat;
    message: string;
    button: string;
    at: number;
    user?: string;
    secret?: string;
  }): IncomingRequest;
  /** What a request says, as JSON. */
  payload(request: IncomingRequest): unknown;
  /** A request with this content, signed as well as the service itself could. */
  withPayload(payload: unknown, at: number): IncomingRequest;
  /** The same with other bytes, and what it was signed with before. */
  withBody(request: IncomingRequest, body: Uint8Array): IncomingRequest;
  /** These bytes, signed as well as the service itself could. */
  signed(body: Uint8Array, at: number): IncomingRequest;
  /** The dialogue that was opened last. */
  dialogue(chat: FakeChat): OpenDialogue;
  /** Something that the service tells and nobody here wants to know. */
  unknown(at: number): IncomingRequest | undefined;
}

/** A chat plugin and all that is needed to try it. */
export interface ChatSubject {
  plugin: ChatPlugin;
  start(): Promise<FakeChat>;
  settings(url: string): ChatSettings;
  /** Secrets of the settings, which are never to be seen. */
  secrets: readonly string[];
  /** Whether its messages are changed in place, have threads and pictures: a feed of events has none of it. */
  isFeed?: true;
  /** Absent where people cannot act on its messages. */
  interactions?: Interactions;
}

/** What a case works with. */
export interface ChatTrial {
  subject: ChatSubject;
  chat: FakeChat;
  connection: ChatConnection;
  settings: ChatSettings;
  /** Milliseconds since 1970. */
  now: number;
}

/** One thing that a chat plugin must do right. */
export type ChatCase = SuiteCase<ChatSubject, ChatTrial>;

/** The reason of cases that are about what people do with messages. */
export function withoutInteractions({ interactions }: ChatSubject): string | undefined {
  return interactions === undefined ? 'people cannot act on its messages' : undefined;
}

/** The reason of cases that are about a message that stays. */
export function forFeeds({ isFeed }: ChatSubject): string | undefined {
  return isFeed === true ? 'it is a feed of events, without a message that stays' : undefined;
}
