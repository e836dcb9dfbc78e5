import type { Config, Secrets } from '@meshwright/config';
import { MeshwrightError, messageOf } from '@meshwright/model';
import type { Check } from './run.ts';

/** Tokens that are shorter are believed by nobody. */
const shortestToken = 32;

/** Forges, chats and the gateway: whether credentials can do what is needed, and whether somebody listens. */
export function serviceChecks(config: Config, secrets: Secrets): Check[] {
  const { repositories, chats, gateway } = config;
  return [
    ...repositories.flatMap(({ name, forge }) =>
      forge === undefined
        ? []
        : [{ name: `forge ${forge.name} for ${name}`, look: () => lookAtForge(config, secrets, forge) }],
    ),
    ...chats.map(({ name }) => ({ name: `chat ${name}`, look: () => lookAtChat(config, secrets, name) })),
    ...gateway.tokens.map(({ name, token }) => ({
      name: `token ${name}`,
      async look() {
        const { length } = await secrets.read(token);
        if (length >= shortestToken) return { found: 'the token is set' };
        throw new MeshwrightError('INVALID_CONFIGURATION', `The token ${name} has ${length} characters.`, {
          remedy: `Make one of at least ${shortestToken}: openssl rand -hex 32`,
        });
      },
    })),
    ...gatewayCheck(config),
  ];
}

type Opened = Awaited<ReturnType<typeof open>>;

/** Loaded only here. */
async function open(config: Config, secrets: Secrets) {
  const [{ openServices, plugins }, { openHttp }] = await Promise.all([
    import('@meshwright/services'),
    import('@meshwright/http'),
  ]);
  const http = openHttp();
  const context = { http, now: () => Date.now() };
  return { services: await openServices({ config, secrets, plugins, context }), close: () => http.close() };
}

async function withServices<T>(
  config: Config,
  secrets: Secrets,
  look: (services: Opened['services']) => Promise<T>,
): Promise<T> {
  const { services, close } = await open(config, secrets);
  try {
    return await look(services);
  } finally {
    await close();
  }
}

function lookAtForge(
  config: Config,
  secrets: Secrets,
  { name, project }: { name: string; project: string },
): Promise<{ found: string }> {
  return withServices(config, secrets, async (services) => {
    const forge = services.forge(name);
    if (forge === undefined) throw new MeshwrightError('INVALID_CONFIGURATION', `There is no forge ${name}.`);
    await forge.settings.webhookSecret();
    return { found: await forge.connection.check(project) };
  });
}

function lookAtChat(config: Config, secrets: Secrets, name: string): Promise<{ found: string }> {
  return withServices(config, secrets, async (services) => {
    const chat = services.chat(name);
    if (chat === undefined) throw new MeshwrightError('INVALID_CONFIGURATION', `There is no chat ${name}.`);
    await chat.settings.secret();
    return { found: await chat.connection.check() };
  });
}

/** Whether the gateway answers where people and services reach it. An engine that does not run here is no fault. */
function gatewayCheck({ gateway, forges, chats, repositories }: Config): Check[] {
  const hooked = repositories.some(({ webhook }) => webhook !== undefined);
  const programs = gateway.tokens.length > 0 || gateway.oidc !== undefined;
  if (!hooked && !programs && forges.length === 0 && chats.length === 0) return [];
  return [
    {
      name: 'gateway',
      async look(signal) {
        const { host, port } = gateway.listen;
        if (gateway.url === undefined && port === 0) {
          return { skipped: 'port 0 is another one each time the engine starts' };
        }
        const url = `${gateway.url ?? `http://${reachable(host)}:${port}`}/healthz`;
        const status = await statusAt(url, signal);
        if (status === 200) return { found: url.replace(/\/healthz$/, '') };
        if (gateway.url === undefined) return { skipped: `nothing answers at ${url}: no engine runs here` };
        throw new MeshwrightError(
          'SERVICE_UNREACHABLE',
          `The gateway does not answer at ${url}: ${status}.`,
          {
            where: url,
            remedy: 'Start the engine, and let what stands before it pass gateway.url on to gateway.listen.',
          },
        );
      },
    },
  ];
}

async function statusAt(url: string, signal: AbortSignal): Promise<number | string> {
  try {
    const { status, body } = await fetch(url, { signal, redirect: 'error' });
    await body?.cancel();
    return status;
  } catch (error) {
    signal.throwIfAborted();
    return messageOf(error);
  }
}

/** An address to listen on everywhere is none to connect to. */
export function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
