import { clipped, isMeshwrightError, type Notice, type NoticePicture } from '@meshwright/model';
import {
  type ChatConnection,
  type ChatSettings,
  choicesOf,
  encodedForm,
  jsonOf,
  keepMessage,
  lacking,
  markdownText,
  type MessageReference,
  type MessageStore,
  openRest,
  type RestApi,
  type ServiceContext,
} from '@meshwright/plugin-sdk';
import { z } from 'zod';
import { dialogue } from './dialogue.ts';
import { type Buttons, markOf, type PostContent, postOf } from './post.ts';

const id = z.string().min(1).max(100);
const Identified = z.object({ id });
const Me = z.object({ id, username: z.string() });
const Channel = z.object({ id, display_name: z.string().optional(), name: z.string().optional() });
const Posts = z.object({
  order: z.array(id),
  posts: z.record(z.string(), z.object({ id, user_id: id, props: z.unknown() })),
});
const Uploaded = z.object({ file_infos: z.array(Identified).min(1) });
const ClientConfig = z.object({ AsymmetricSigningPublicKey: z.string().max(1_000).optional() });

/** One channel of a Mattermost server, through its API (api.mattermost.com). */
export function connect(settings: ChatSettings, context: ServiceContext): ChatConnection {
  const { channel, token, callbackUrl } = settings;
  const headers = async (): Promise<Record<string, string>> => {
    if (settings.url === undefined) throw lacking(settings, 'address', 'Give the address of the server.');
    if (token === undefined) throw lacking(settings, 'token', 'Give the access token of a bot account.');
    return { authorization: `Bearer ${await token()}` };
  };
  const base = `${settings.url ?? ''}/api/v4`;
  const api = openRest({
    service: 'Mattermost',
    base,
    http: context.http,
    headers,
    pageQuery: (page) => `page=${page - 1}`,
    remedyFor,
  });
  const buttonsFor = async (notice: Notice): Promise<Buttons | undefined> => {
    if (callbackUrl === undefined || choicesOf(notice).length === 0) return undefined;
    const serverKey = await signingKey(api);
    const secret = await settings.secret();
    return serverKey === '' || secret === '' ? undefined : { url: callbackUrl, channel, secret, serverKey };
  };
  return {
    check: async () => check(api, settings),
    publish(notice, message, picture) {
      const store: MessageStore = {
        find: () => findPost(api, channel, notice),
        async put(sent) {
          return { post: await put(api, channel, postOf(notice, await buttonsFor(notice)), sent?.post) };
        },
        addPicture: ({ post = '' }, added) =>
          addPicture(context, { api, base, headers, channel, post }, added),
        async addText({ post = '' }, text) {
          await api.send(thread(channel, post, markdownText(text, 400)), Identified);
        },
      };
      return keepMessage(store, { notice, message, picture });
    },
    async addProgress({ post = '' }, lines) {
      for (let at = 0; at < lines.length; at += 10) {
        const text = lines.slice(at, at + 10).map((line) => `- ${markdownText(line, 300) || '–'}`);
        await api.send(thread(channel, post, text.join('\n')), Identified);
      }
    },
    async answer({ channel: where = channel, user = '' }, text) {
      const lines = text.split('\n').slice(0, 20);
      const message = lines.map((line) => markdownText(line, 300)).join('\n');
      await answerOne(api, { channel: where, user, message });
    },
    async askReason({ channel: where = channel, user = '', trigger = '', from = 'Mattermost' }, about) {
      const { reference, decision, title } = about;
      const state = { reference, decision, user, channel: where, from, issued: context.now() };
      const asked = dialogue(state, title, await settings.secret());
      const body = { trigger_id: trigger, url: callbackUrl ?? '', dialog: asked };
      await api.send({ method: 'POST', path: '/actions/dialogs/open', body }, z.unknown());
    },
  };
}

function remedyFor(status: number): string | undefined {
  if (status === 401) return 'Give a token of the bot account that is still valid.';
  if (status === 403) return 'Give the bot account the permission, and add it to the channel.';
  if (status === 404) return 'Give the id of a channel that the bot account is in, not its name.';
  return undefined;
}

/** What the server signs with who does something; empty where it has no such key. */
async function signingKey(api: RestApi): Promise<string> {
  const { AsymmetricSigningPublicKey: key = '' } = await api.get('/config/client?format=old', ClientConfig);
  return key;
}

async function check(api: RestApi, settings: ChatSettings): Promise<string> {
  const { channel, callbackUrl } = settings;
  const me = await api.get('/users/me', Me);
  const { display_name: name } = await api.get(`/channels/${encodeURIComponent(channel)}`, Channel);
  await api.get(`/channels/${encodeURIComponent(channel)}/members/me`, z.object({ user_id: id }));
  const who = `${clipped(me.username, 80)} in ${clipped(name ?? channel, 80)}`;
  if (callbackUrl === undefined) return `${who}, without buttons: there is no callbackUrl`;
  if ((await signingKey(api)) === '') return `${who}, without buttons: the server has no signing key`;
  return who;
}

/** The post of a rollout that was sent and not noted, because whoever sent it ended before: one of our own with its mark. */
async function findPost(
  api: RestApi,
  channel: string,
  notice: Notice,
): Promise<MessageReference | undefined> {
  const me = await api.get('/users/me', Me);
  const path = `/channels/${encodeURIComponent(channel)}/posts?page=0&per_page=100`;
  const { order, posts } = await api.get(path, Posts);
  const Marked = z.object({ meshwright: z.literal(markOf(notice)) });
  const found = order.find(
    (one) => posts[one]?.user_id === me.id && Marked.safeParse(posts[one].props).success,
  );
  return found === undefined ? undefined : { post: found, at: '0' };
}

/** Changes a post, or sends another one where somebody has removed it. */
async function put(
  api: RestApi,
  channel: string,
  content: PostContent,
  post: string | undefined,
): Promise<string> {
  if (post !== undefined) {
    const path = `/posts/${encodeURIComponent(post)}`;
    const request = { method: 'PUT', path: `${path}/patch`, body: content } as const;
    const response = await api.ask(request);
    if (response.status >= 200 && response.status < 300) return post;
    // The server refuses to change a post that is gone in one of several ways.
    if ((await api.find(path, Identified)) !== undefined) throw api.refusal(request, response);
  }
  const body = { channel_id: channel, ...content };
  const { id: sent } = await api.send({ method: 'POST', path: '/posts', body }, Identified);
  return sent;
}

function thread(
  channel: string,
  post: string,
  message: string,
  files: readonly string[] = [],
): { method: 'POST'; path: string; body: object } {
  const body = { channel_id: channel, root_id: post, message, file_ids: files };
  return { method: 'POST', path: '/posts', body };
}

async function addPicture(
  { http }: ServiceContext,
  to: {
    api: RestApi;
    base: string;
    headers: () => Promise<Record<string, string>>;
    channel: string;
    post: string;
  },
  { image, title, description }: NoticePicture,
): Promise<void> {
  const { api, channel, post } = to;
  const form = new FormData();
  form.append('channel_id', channel);
  form.append('files', new Blob([new Uint8Array(image)], { type: 'image/png' }), 'verdict.png');
  const { contentType, body } = await encodedForm(form);
  const headers = { ...(await to.headers()), 'content-type': contentType };
  const response = await http.send({ method: 'POST', url: `${to.base}/files`, headers, body });
  const uploaded = response.status === 201 ? Uploaded.safeParse(jsonOf(response.body)).data : undefined;
  const [file] = uploaded?.file_infos ?? [];
  if (file === undefined) throw api.refusal({ method: 'POST', path: '/files' }, response);
  const about = `${markdownText(title, 100)}: ${markdownText(description, 900)}`;
  await api.send(thread(channel, post, about, [file.id]), Identified);
}

/**
 * Says something to one person: in the channel where only they see it, or in a direct message where the bot account may not do
 * that (permission `create_post_ephemeral`).
 */
async function answerOne(
  api: RestApi,
  { channel, user, message }: { channel: string; user: string; message: string },
): Promise<void> {
  const post = { channel_id: channel, message };
  try {
    await api.send({ method: 'POST', path: '/posts/ephemeral', body: { user_id: user, post } }, z.unknown());
  } catch (error) {
    if (!isMeshwrightError(error) || error.retryable) throw error;
    const me = await api.get('/users/me', Me);
    const direct = { method: 'POST', path: '/channels/direct', body: [me.id, user] } as const;
    const { id: between } = await api.send(direct, Identified);
    await api.send({ method: 'POST', path: '/posts', body: { channel_id: between, message } }, Identified);
  }
}
