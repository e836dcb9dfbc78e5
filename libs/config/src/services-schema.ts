import { dnsLabel } from '@meshwright/document';
import { z } from 'zod';
import { checkWebUrl, type Checked } from './addresses.ts';
import { checkedText, hostPort, refuseSame, requireOne, secretReference } from './fields.ts';
import type { ChatConfig, ForgeConfig, ForgeCredentials, GatewayConfig } from './types.ts';

/** Where the public instance of a forge is; a forge that has none must say where it is. */
const publicForges: Readonly<Record<string, string>> = {
  github: 'https://github.com',
  gitlab: 'https://gitlab.com',
};

/** Names of services that the engine gives accounts itself. */
const ownServices: readonly string[] = ['local', 'api', 'oidc'];

const serviceName = dnsLabel().refine((name) => !ownServices.includes(name), {
  error: 'is what the engine calls accounts of its own',
});

const webAddress = checkedText((text) => checkWebUrl(text, { plain: false }));

const word = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\s\p{C}]+$/u, 'must be one word');

/** The gateway's public address: callbacks go to it, so HTTPS, but on this machine. */
export const gatewayUrl: z.ZodType<string, string> = webAddress;

/** `host:port` that the gateway listens on. */
export const gatewayListen: z.ZodType<{ host: string; port: number }, string> = hostPort(0);

/** `forges`. */
export function forgesSchema(directory: string): z.ZodType<ForgeConfig[]> {
  const secret = secretReference(directory);
  const app = z.strictObject({
    app: word.describe("The app's id, or its client id."),
    installation: word
      .optional()
      .describe('The id of its installation; found by the project when not given.'),
    privateKey: secret.describe('Its private key (PEM).'),
  });
  const forge = z
    .strictObject({
      name: serviceName.describe(
        'A name of its own: the policy knows its accounts by it; part of webhook addresses.',
      ),
      type: z
        .enum(['github', 'gitlab', 'gitea'])
        .describe('Whose interface it has; `gitea` for Forgejo too.'),
      url: webAddress
        .optional()
        .describe('Its address; the public one of `github` and `gitlab` when not given.'),
      token: secret.optional().describe('What it is spoken to with.'),
      app: app.optional().describe('A GitHub app, which gets itself tokens.'),
      webhookSecret: secret.describe('What it signs its webhooks with.'),
    })
    .superRefine(requireOne(['token', 'app']))
    .superRefine(({ type, url, app: given }, context) => {
      if (url === undefined && publicForges[type] === undefined) {
        const message = `must say where it is: there is no one ${type} for everybody`;
        context.addIssue({ code: 'custom', path: ['url'], message });
      }
      if (given !== undefined && type !== 'github') {
        context.addIssue({
          code: 'custom',
          path: ['app'],
          message: 'is for github only',
          params: { suggestion: 'Use token.' },
        });
      }
    })
    .transform(({ name, type, url, token, app: given, webhookSecret }): ForgeConfig => ({
      name,
      type,
      url: url ?? publicForges[type] ?? '',
      credentials: credentialsOf(token, given),
      webhookSecret,
    }));
  return z
    .array(forge)
    .max(100)
    .superRefine(refuseSame(({ name }) => name, 'is the name of another forge', 'name'));
}

type Token = Extract<ForgeCredentials, { kind: 'token' }>['token'];
type App = Extract<ForgeCredentials, { kind: 'app' }>;

function credentialsOf(
  token: Token | undefined,
  app: { app: string; installation?: string | undefined; privateKey: App['privateKey'] } | undefined,
): ForgeCredentials {
  if (app === undefined) return { kind: 'token', token: token ?? { env: '' } };
  const { installation, ...rest } = app;
  return { kind: 'app', ...rest, ...(installation === undefined ? {} : { installation }) };
}

/** `chats`. */
export function chatsSchema(directory: string): z.ZodType<ChatConfig[]> {
  const secret = secretReference(directory);
  const chat = z
    .strictObject({
      name: serviceName.describe(
        'A name of its own: the policy knows its accounts by it; part of callback addresses.',
      ),
      type: z
        .enum(['slack', 'mattermost', 'webhook'])
        .describe('Which chat; `webhook` posts signed JSON to any address.'),
      url: webAddress.optional().describe('Its address; not for `slack`, which has one for everybody.'),
      channel: word.describe("The service's id of the channel that messages go to; any word for `webhook`."),
      token: secret.optional().describe('What messages are sent with; not for `webhook`.'),
      secret: secret.describe(
        'What interactions are checked with: the signing secret of Slack, else one of your own.',
      ),
      appToken: secret
        .optional()
        .describe(
          "Slack's app-level token: interactions come over a connection that goes out (Socket Mode).",
        ),
    })
    .superRefine(requireFields)
    .transform(({ url, token, appToken, ...rest }): ChatConfig => ({
      ...rest,
      ...(url === undefined ? {} : { url }),
      ...(token === undefined ? {} : { token }),
      ...(appToken === undefined ? {} : { appToken }),
    }));
  return z
    .array(chat)
    .max(100)
    .superRefine(refuseSame(({ name }) => name, 'is the name of another chat', 'name'));
}

/** What a chat of each type needs, and what has no meaning for it. */
const chatFields = {
  slack: { needs: ['token'], none: [] },
  mattermost: { needs: ['url', 'token'], none: ['appToken'] },
  webhook: { needs: ['url'], none: ['token', 'appToken'] },
} as const;

function requireFields(
  chat: { type: keyof typeof chatFields; url?: unknown; token?: unknown; appToken?: unknown },
  context: z.core.$RefinementCtx,
): void {
  const { needs, none } = chatFields[chat.type];
  for (const field of needs) {
    if (chat[field] !== undefined) continue;
    context.addIssue({ code: 'custom', path: [field], message: `must be given for ${chat.type}` });
  }
  for (const field of none) {
    if (chat[field] === undefined) continue;
    context.addIssue({ code: 'custom', path: [field], message: `has no meaning for ${chat.type}` });
  }
}

/** `gateway`. */
export function gatewaySchema(directory: string): z.ZodType<GatewayConfig, object> {
  const token = z.strictObject({
    name: dnsLabel().describe('Whose token it is: the policy knows the account by it, as service `api`.'),
    token: secretReference(directory).describe('The token: at least 32 characters.'),
  });
  const claim = checkedText((text): Checked<string> =>
    /^[A-Za-z0-9_.:/-]{1,200}$/.test(text)
      ? { value: text }
      : { problem: { message: 'is no name of a claim', suggestion: 'Write it like sub.' } },
  );
  return z
    .strictObject({
      listen: gatewayListen
        .prefault('127.0.0.1:8787')
        .describe('Where webhooks, interactions and the API are received: `host:port`.'),
      url: gatewayUrl
        .optional()
        .describe('Where forges, chats and people reach it from outside: for links and callbacks.'),
      tokens: z
        .array(token)
        .max(1_000)
        .superRefine(refuseSame(({ name }) => name, 'is the name of another token', 'name'))
        .default([])
        .describe('Who may use the API by a bearer token.'),
      oidc: z
        .strictObject({
          issuer: webAddress.describe('Who issues the tokens, as their claim `iss` says it.'),
          audience: word.describe('For whom they are, as their claim `aud` says it.'),
          claim: claim
            .prefault('sub')
            .describe('The claim that says who it is, as the policy knows the account, as service `oidc`.'),
        })
        .optional()
        .describe('Who may use the API by a token of an OpenID provider.'),
    })
    .transform(({ url, oidc, ...rest }): GatewayConfig => ({
      ...rest,
      ...(url === undefined ? {} : { url }),
      ...(oidc === undefined ? {} : { oidc }),
    }));
}
