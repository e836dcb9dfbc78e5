import { createHmac } from 'node:crypto';
import { hostileSecrets } from './hostile-config.ts';

/** One request as it is sent, and whether its service has really signed it. */
export interface Attack {
  what: string;
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Buffer;
  signed: boolean;
}

/** Numbers that look random and are the same for the same seed (mulberry32). */
export function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Random = () => number;

function pick<T>(random: Random, from: readonly T[]): T {
  const chosen = from[Math.floor(random() * from.length)];
  if (chosen === undefined) throw new Error('There is nothing to choose from.');
  return chosen;
}

const hmac = (secret: string, text: string | Buffer): string =>
  createHmac('sha256', secret).update(text).digest('hex');

interface Service {
  path: string;
  /** Headers that are believed for a body; none where a body cannot be signed from outside. */
  sign?: (body: Buffer, secret: string, at: number) => Record<string, string>;
  secret: string;
}

const { HOOK, GITEA, GITHUB, GITLAB, SLACK, MATTERMOST } = hostileSecrets;

const services: readonly Service[] = [
  {
    path: '/hooks/plain',
    secret: HOOK,
    sign: (body, secret) => ({ 'x-signature-256': `sha256=${hmac(secret, body)}` }),
  },
  {
    path: '/forges/gitea',
    secret: GITEA,
    sign: (body, secret) => ({ 'x-gitea-event': 'issue_comment', 'x-gitea-signature': hmac(secret, body) }),
  },
  {
    path: '/forges/github',
    secret: GITHUB,
    sign: (body, secret) => ({
      'x-github-event': 'issue_comment',
      'x-github-delivery': 'd-1',
      'x-hub-signature-256': `sha256=${hmac(secret, body)}`,
    }),
  },
  {
    path: '/forges/gitlab',
    secret: GITLAB,
    sign: (_body, secret) => ({ 'x-gitlab-event': 'Note Hook', 'x-gitlab-token': secret }),
  },
  {
    path: '/chats/slack',
    secret: SLACK,
    sign: (body, secret, at) => {
      const time = String(Math.floor(at / 1_000));
      return {
        'content-type': 'application/x-www-form-urlencoded',
        'x-slack-request-timestamp': time,
        'x-slack-signature': `v0=${hmac(secret, `v0:${time}:${body.toString('latin1')}`)}`,
      };
    },
  },
  { path: '/chats/mattermost', secret: MATTERMOST },
];

/** A comment that approves: what somebody would like to have believed. */
export function approvingComment(id: number): Buffer {
  const user = { id: 1, login: 'ada' };
  return Buffer.from(
    JSON.stringify({
      action: 'created',
      is_pull: true,
      issue: { number: 7, pull_request: {} },
      comment: { id, html_url: 'https://git.example.com/c', body: '/approve 0123456789ab', user },
      repository: { full_name: 'acme/patterns' },
      sender: user,
      number: 7,
    }),
  );
}

const bodies: readonly ((random: Random) => [what: string, body: Buffer])[] = [
  () => ['an approval', approvingComment(1)],
  () => ['nothing', Buffer.alloc(0)],
  () => ['one byte', Buffer.from('{')],
  (random) => ['noise', Buffer.from(Array.from({ length: 300 }, () => Math.floor(random() * 256)))],
  () => ['deep JSON', Buffer.from(`${'['.repeat(200_000)}${']'.repeat(200_000)}`)],
  () => ['deep objects', Buffer.from('{"a":'.repeat(100_000))],
  () => ['no UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22])],
  () => ['prototypes', Buffer.from('{"__proto__":{"admin":true},"constructor":{"prototype":{"a":1}}}')],
  () => [
    'other types',
    Buffer.from('{"action":[],"comment":{"id":{},"body":7},"repository":null,"sender":true}'),
  ],
  () => ['a long text', Buffer.from(JSON.stringify({ comment: { body: '/approve '.repeat(90_000) } }))],
  () => [
    'many keys',
    Buffer.from(`{${Array.from({ length: 30_000 }, (_, key) => `"k${key}":0`).join(',')}}`),
  ],
  () => ['a huge number', Buffer.from(`{"number":1${'0'.repeat(100_000)}}`)],
  () => ['a form', Buffer.from(`payload=${encodeURIComponent('{"type":"block_actions"}')}&payload=x`)],
  () => ['more than is taken', Buffer.alloc(1024 * 1024 + 1, 'a')],
];

const names = [
  '..',
  '%2e%2e%2fgitea',
  '__proto__',
  'constructor',
  'gitea%00',
  'GITEA',
  'ｇｉｔｅａ',
  'a'.repeat(299),
  "'",
];
const apiPaths = [
  '/rollouts',
  '/approvals',
  '/openapi.json',
  '/rollouts/a/decisions',
  "/rollouts/x'%20OR%201=1",
];

/** So many requests that nobody should believe, or that are signed and make no sense; the same for the same seed. */
export function attacks(count: number, seed: number, now: number): Attack[] {
  const random = numbersFrom(seed);
  return Array.from({ length: count }, () => {
    const kind = random();
    if (kind < 0.55) return forgery(random, now);
    if (kind < 0.75) return nonsense(random, now);
    return kind < 0.9 ? programs(random, now) : strangers(random);
  });
}

/** Near to what is believed, and not it. */
function forgery(random: Random, now: number): Attack {
  const { path, sign, secret } = pick(random, services);
  const [what, body] = pick(random, bodies)(random);
  const believed = sign?.(body, secret, now) ?? { 'content-type': 'application/json' };
  const [how, headers] = pick(random, mutations)({ believed, sign, secret, body, now, random });
  return { what: `${how}, over ${what}`, method: 'POST', path, headers, body, signed: false };
}

interface Mutating {
  believed: Record<string, string>;
  sign: Service['sign'];
  secret: string;
  body: Buffer;
  now: number;
  random: Random;
}

const isProof = (name: string): boolean => /signature|token/.test(name);

function changed(headers: Record<string, string>, change: (value: string) => string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, isProof(name) ? change(value) : value]),
  );
}

const mutations: readonly ((given: Mutating) => [how: string, headers: Record<string, string>])[] = [
  ({ believed }) => [
    'without a signature',
    Object.fromEntries(Object.entries(believed).filter(([name]) => !isProof(name))),
  ],
  ({ believed }) => ['with an empty signature', changed(believed, () => '')],
  ({ believed }) => ['with a shorter signature', changed(believed, (value) => value.slice(0, -1))],
  ({ believed }) => ['with a longer signature', changed(believed, (value) => `${value}0`)],
  ({ believed }) => ['with a signature in capitals', changed(believed, (value) => `${value.toUpperCase()}X`)],
  ({ believed }) => ['with a signature twice', changed(believed, (value) => `${value}, ${value}`)],
  ({ sign, body, now }) => ['with another secret', sign?.(body, 'guessed', now) ?? {}],
  ({ sign, body, now }) => ['with an empty secret', sign?.(body, '', now) ?? {}],
  ({ sign, secret, now, believed }) => {
    // A token says nothing of the body: where there is one, it is wrong.
    const other = sign?.(Buffer.from('another body'), secret, now) ?? {};
    return [
      'of another body',
      'x-gitlab-token' in believed ? { ...other, 'x-gitlab-token': 'glpat' } : other,
    ];
  },
  ({ believed, random }) => ['of noise', changed(believed, () => hmac(String(random()), 'noise'))],
  ({ sign, secret, body, now, believed }) => {
    const old = sign?.(body, secret, now - 3_600_000) ?? {};
    return ['of an hour ago', 'x-slack-signature' in believed ? old : changed(old, (value) => `1${value}`)];
  },
  ({ believed }) => [
    'in a header of its own',
    Object.fromEntries(
      Object.entries(believed).map(([name, value]) => [isProof(name) ? `x-forwarded-${name}` : name, value]),
    ),
  ],
];

/** Really signed, and of no sense: who knows the secret can still break nothing. */
function nonsense(random: Random, now: number): Attack {
  const { path, sign, secret } = pick(
    random,
    services.filter(({ path: own, sign: signer }) => signer !== undefined && own !== '/hooks/plain'),
  );
  const [what, body] = pick(random, bodies.slice(1))(random);
  return {
    what: `signed: ${what}`,
    method: 'POST',
    path,
    headers: sign?.(body, secret, now) ?? {},
    body,
    signed: true,
  };
}

/** Programs without a token that is believed. */
function programs(random: Random, now: number): Attack {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { iss: 'https://login.example.com', aud: 'meshwright', sub: '', exp: now };
  const tokens = [
    '',
    'Bearer',
    'Bearer null',
    `Bearer ${hostileSecrets.TOKEN.slice(0, -1)}`,
    `Bearer ${hostileSecrets.TOKEN}0`,
    `Basic ${btoa(`ci:${hostileSecrets.TOKEN}`)}`,
    `Bearer ${part({ alg: 'none' })}.${part(claims)}.`,
    `Bearer ${part({ alg: 'HS256' })}.${part(claims)}.${'A'.repeat(43)}`,
    `Bearer ${'.'.repeat(5_000)}`,
    `Bearer ${'A'.repeat(12_000)}`,
  ];
  const [what, body] = pick(random, bodies)(random);
  const path = `/api/v1${pick(random, apiPaths)}`;
  const method = pick(random, ['GET', 'POST']);
  return {
    what: `a program, ${method} with ${what}`,
    method,
    path,
    headers: { authorization: pick(random, tokens), 'content-type': 'application/json' },
    body: method === 'GET' ? Buffer.alloc(0) : body,
    signed: false,
  };
}

/** Names that nobody has, and ways that lead nowhere. */
function strangers(random: Random): Attack {
  const folder = pick(random, ['/forges/', '/chats/', '/hooks/', '/', '/api/', '/healthz/']);
  const [what, body] = pick(random, bodies)(random);
  const method = pick(random, ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']);
  return {
    what: `${method} to nobody, with ${what}`,
    method,
    path: `${folder}${encodeURI(pick(random, names))}`,
    headers: { 'x-gitea-signature': hmac('', body), 'content-type': 'application/json' },
    body,
    signed: false,
  };
}
