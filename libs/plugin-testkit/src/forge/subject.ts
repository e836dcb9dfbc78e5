import type { ForgeConnection, ForgePlugin, ForgeSettings, IncomingRequest } from '@meshwright/plugin-sdk';
import type { LocalService } from '../service/server.ts';
import type { SuiteCase } from '../service/suite.ts';
import type { ForgeUser, ForgeWorld } from './world.ts';

/** A forge on this machine that speaks its wire format and refuses what the real one refuses. */
export interface FakeForge {
  local: LocalService;
  world: ForgeWorld;
  /** How many milliseconds its clock is ahead: time that a case has let go by. */
  passed: number;
  /** What it answers to a credential that is worth nothing. */
  refuseCredential(): void;
  /** What it answers to too many requests. */
  limit(): void;
}

/** Something that a forge tells of. */
export interface ForgeNews {
  kind: 'push' | 'pull-request' | 'comment' | 'edited-comment' | 'issue-comment' | 'unknown';
  user: ForgeUser;
  number: number;
  /** Of the comment, or anything that makes it another one. */
  id: number;
  body: string;
}

/** A webhook's content, before it is signed. */
export interface ForgeContent {
  /** What the forge calls the event. */
  event: string;
  payload: object;
}

/** How a forge tells what happens: its own content, and its own way to sign it. */
export interface ForgeWebhooks {
  content(world: ForgeWorld, news: ForgeNews): ForgeContent;
  /** These bytes, signed as well as the forge itself could. `delivery` is the forge's own number for it. */
  signed(
    event: string,
    body: Uint8Array,
    how: { secret: string; at: number; delivery: string },
  ): IncomingRequest;
  /** The headers that it is believed by: without one of them, or with another value, it is not. */
  signingHeaders: readonly string[];
  /** Whether the signature is one of the body: GitLab's secret token is not. */
  signsBody: boolean;
  /** Whether it signs a time. */
  signsTime: boolean;
}

/** A forge plugin and all that is needed to try it. */
export interface ForgeSubject {
  plugin: ForgePlugin;
  /** A team as a policy names it. */
  team: string;
  start(): Promise<FakeForge>;
  settings(url: string): ForgeSettings;
  webhookSecret: string;
  /** Secrets of the settings, which are never to be seen. */
  secrets: readonly string[];
  webhooks: ForgeWebhooks;
  /** How a comment has to be. */
  comments: { limit: number; commandPrefix: string };
  /** Whether it tells who has pushed what. */
  tellsPushers: boolean;
}

/** What a case works with. */
export interface ForgeTrial {
  subject: ForgeSubject;
  forge: FakeForge;
  connection: ForgeConnection;
  settings: ForgeSettings;
  /** Milliseconds since 1970. */
  now(): number;
  /** Lets time go by. */
  pass(milliseconds: number): void;
}

/** One thing that a forge plugin must do right. */
export type ForgeCase = SuiteCase<ForgeSubject, ForgeTrial>;
