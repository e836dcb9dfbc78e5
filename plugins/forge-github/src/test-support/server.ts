import { verify } from 'node:crypto';
import {
  createWorld,
  type FakeForge,
  type ForgeChange,
  type ForgeComment,
  type ForgeUser,
  type ForgeWorld,
  type ReceivedRequest,
  type ServedAnswer,
  startLocalService,
} from '@meshwright/plugin-testkit';

/**
 * A GitHub Enterprise Server on this machine, as far as the engine speaks to one: paths, fields and refusals as GitHub's REST
 * API description has them (https://docs.github.com/en/rest, version 2022-11-28). No real GitHub was at hand to record.
 */
export interface FakeGithub extends FakeForge {
  /** How many tokens were asked for in the name of an installation. */
  tokens(): number;
  /** Makes all of them worth nothing. */
  revoke(): void;
}

/** Who may ask: the owner of a token, or an app by its public key. */
export type Asker = { kind: 'token'; token: string } | { kind: 'app'; app: string; publicKey: string };

const installation = 77;
const appId = 4_242;
const tokenMs = 3_600_000;

interface State {
  world: ForgeWorld;
  asker: Asker;
  refused: boolean;
  limited: boolean;
  /** When each token of the installation ends. */
  tokens: Map<string, number>;
  now: () => number;
  url: () => string;
}

export async function startGithub(team: string, asker: Asker): Promise<FakeGithub> {
  const world = createWorld(team);
  if (asker.kind === 'app') world.me.name = 'meshwright-test';
  const state: State = {
    world,
    asker,
    refused: false,
    limited: false,
    tokens: new Map(),
    now: () => Date.now() + fake.passed,
    url: () => fake.local.url,
  };
  const fake: FakeGithub = {
    local: await startLocalService((request) => answer(state, request)),
    world,
    passed: 0,
    refuseCredential: () => {
      state.refused = true;
    },
    limit: () => {
      state.limited = true;
    },
    tokens: () => state.tokens.size,
    revoke: () => {
      for (const token of state.tokens.keys()) state.tokens.set(token, 0);
    },
  };
  return fake;
}

function answer(state: State, request: ReceivedRequest): ServedAnswer {
  if (state.limited) {
    // A secondary limit is a 403 that only its words tell from another one.
    return {
      status: 403,
      body: { message: 'You have exceeded a secondary rate limit. Please wait a few minutes.' },
    };
  }
  const who = askedBy(state, request);
  if (who === undefined) return { status: 401, body: { message: 'Bad credentials' } };
  if (request.headers['user-agent'] === undefined)
    return { status: 403, body: 'Request forbidden by administrative rules.' };
  const path = request.path.replace('/api/v3', '');
  const found = who === 'app' ? asApp(state, request, path) : asMember(state, request, path);
  return (
    found ?? {
      status: 404,
      body: { message: 'Not Found', documentation_url: 'https://docs.github.com/rest' },
    }
  );
}

function askedBy(state: State, { headers }: ReceivedRequest): 'app' | 'member' | undefined {
  const [scheme, token = ''] = String(headers.authorization).split(' ');
  if (scheme !== 'Bearer' || state.refused) return undefined;
  if (state.asker.kind === 'token') return token === state.asker.token ? 'member' : undefined;
  if ((state.tokens.get(token) ?? 0) > state.now()) return 'member';
  return isJwt(token, state.asker, state.now()) ? 'app' : undefined;
}

function isJwt(token: string, { app, publicKey }: Asker & { kind: 'app' }, now: number): boolean {
  const [head = '', claims = '', signature = ''] = token.split('.');
  const content = Buffer.from(`${head}.${claims}`);
  if (!verify('sha256', content, publicKey, Buffer.from(signature, 'base64url'))) return false;
  const { iat, exp, iss } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<
    string,
    unknown
  >;
  const seconds = now / 1_000;
  const lives = Number(iat) <= seconds && Number(exp) > seconds && Number(exp) - seconds <= 600;
  return iss === app && lives;
}

function asApp(state: State, { method }: ReceivedRequest, path: string): ServedAnswer | undefined {
  if (method === 'GET' && path === '/app') {
    const permissions = { contents: 'write', statuses: 'write', pull_requests: 'write', metadata: 'read' };
    return { body: { id: appId, slug: state.world.me.name, permissions } };
  }
  if (method === 'GET' && /^\/(?:repos\/acme\/patterns|orgs\/acme)\/installation$/.test(path)) {
    return { body: { id: installation, account: { login: 'acme' } } };
  }
  if (method !== 'POST' || path !== `/app/installations/${installation}/access_tokens`) return undefined;
  const token = `ghs_installation${state.tokens.size + 1}`;
  const end = state.now() + tokenMs;
  state.tokens.set(token, end);
  return { status: 201, body: { token, expires_at: new Date(end).toISOString().replace(/\.\d+Z$/, 'Z') } };
}

function asMember(state: State, request: ReceivedRequest, path: string): ServedAnswer | undefined {
  const { world, asker } = state;
  const { method } = request;
  if (method === 'GET' && path === '/user') {
    if (asker.kind === 'app')
      return { status: 403, body: { message: 'Resource not accessible by integration' } };
    return { body: userOf(world.me) };
  }
  const team = /^\/orgs\/([^/]+)\/teams\/([^/]+)\/members$/.exec(path);
  if (method === 'GET' && team !== null) {
    const members = world.teams[`${team[1] ?? ''}/${team[2] ?? ''}`];
    return members === undefined ? undefined : pageOf(state, request, members.map(userOf));
  }
  const prefix = `/repos/${world.project}`;
  if (path === prefix) {
    return { body: { full_name: world.project, archived: false, permissions: { admin: false, push: true } } };
  }
  return path.startsWith(`${prefix}/`) ? inRepository(state, request, path.slice(prefix.length)) : undefined;
}

function inRepository(state: State, request: ReceivedRequest, path: string): ServedAnswer | undefined {
  const { world } = state;
  const [, resource = '', id = '', what = ''] = path.split('/');
  const key = `${request.method} ${resource}${id === '' ? '' : '/:id'}${what === '' ? '' : `/${what}`}`;
  const sent = (): Record<string, string> => JSON.parse(request.body.toString()) as Record<string, string>;
  switch (key) {
    case 'POST statuses/:id':
      return putStatus(world, id, sent());
    case 'GET pulls/:id': {
      const change = world.changes.find(({ number }) => number === Number(id));
      return change === undefined ? undefined : { body: pullOf(state, change, 'whole') };
    }
    case 'GET pulls':
      return pageOf(state, request, pullsFor(state, request.query));
    case 'POST pulls':
      return { status: 201, body: pullOf(state, openChange(world, sent()), 'whole') };
    case 'GET commits/:id/pulls': {
      // What is open has a commit of its own branch as well.
      const found = world.changes.filter(({ mergeCommit, head }) => mergeCommit === id || head === id);
      const known = found.length > 0 || world.pushes.some(({ after }) => after === id);
      if (!known) return { status: 422, body: { message: `No commit found for SHA: ${id}` } };
      return { body: found.map((change) => pullOf(state, change, 'listed')) };
    }
    case 'GET activity':
      return { body: activitiesFor(world, request.query) };
    case 'GET issues/:id/comments': {
      const all = world.comments.filter(({ number }) => number === Number(id));
      return pageOf(
        state,
        request,
        all.map((comment) => commentOf(state, comment)),
      );
    }
    case 'POST issues/:id/comments':
      return { status: 201, body: commentOf(state, addComment(world, Number(id), sent())) };
    case 'PATCH issues/:id/comments':
      return undefined;
    case `PATCH issues/:id/${what}`:
      return id === 'comments' ? editComment(state, Number(what), sent()) : undefined;
    default:
      return undefined;
  }
}

function putStatus(world: ForgeWorld, commit: string, sent: Record<string, string>): ServedAnswer {
  const { state = '', context = '', description = '', target_url: url } = sent;
  // GitHub: "Validation Failed", description is too long (maximum is 140 characters).
  if (Array.from(description).length > 140) return { status: 422, body: { message: 'Validation Failed' } };
  if (!['error', 'failure', 'pending', 'success'].includes(state))
    return { status: 422, body: { message: 'Validation Failed' } };
  const kept = world.statuses.filter((status) => status.commit !== commit || status.context !== context);
  const status = {
    commit,
    state: state as 'error',
    context,
    description,
    ...(url === undefined ? {} : { url }),
  };
  world.statuses.splice(0, world.statuses.length, ...kept, status);
  return { status: 201, body: { id: 1, state, context } };
}

function pullsFor(state: State, query: URLSearchParams): object[] {
  const [base, head] = [query.get('base'), query.get('head')];
  const found = state.world.changes.filter(
    (change) =>
      change.state === 'open' &&
      (base === null || change.base === base) &&
      (head === null || `acme:${change.branch}` === head),
  );
  return found.map((change) => pullOf(state, change, 'listed'));
}

function openChange(
  world: ForgeWorld,
  { title = '', head = '', base = '' }: Record<string, string>,
): ForgeChange {
  const number = Math.max(...world.changes.map((change) => change.number)) + 1;
  const change: ForgeChange = {
    number,
    title,
    state: 'open',
    author: world.me,
    branch: head,
    base,
    head: number.toString(16).padStart(40, 'd'),
  };
  world.changes.push(change);
  return change;
}

function activitiesFor({ pushes }: ForgeWorld, query: URLSearchParams): object[] {
  const found = pushes.filter(({ branch }) => `refs/heads/${branch}` === query.get('ref'));
  return found.map(({ after, branch, user }) => ({
    id: 1,
    before: '0'.repeat(40),
    after,
    ref: `refs/heads/${branch}`,
    activity_type: 'push',
    actor: userOf(user),
  }));
}

function addComment(world: ForgeWorld, number: number, { body = '' }: Record<string, string>): ForgeComment {
  const comment = { id: 8_000 + world.comments.length, number, author: world.me, body };
  world.comments.push(comment);
  return comment;
}

function editComment(
  state: State,
  id: number,
  { body = '' }: Record<string, string>,
): ServedAnswer | undefined {
  const comment = state.world.comments.find((one) => one.id === id);
  if (comment === undefined) return undefined;
  comment.body = body;
  return { body: commentOf(state, comment) };
}

/** A page and the links to others, with whatever size is asked for up to a hundred. */
function pageOf(state: State, { path, query }: ReceivedRequest, all: readonly object[]): ServedAnswer {
  const size = Math.min(100, Number(query.get('per_page') ?? 30));
  const page = Number(query.get('page') ?? 1);
  const body = all.slice((page - 1) * size, page * size);
  if (page * size >= all.length) return { body };
  const next = `${state.url()}${path}?page=${page + 1}`;
  return { body, headers: { link: `<${next}>; rel="next", <${next}>; rel="last"` } };
}

function userOf({ id, name }: ForgeUser): object {
  return { id, login: name, node_id: 'MDQ6VXNlcjE=', type: 'User', site_admin: false };
}

function pullOf(state: State, change: ForgeChange, how: 'listed' | 'whole'): object {
  const { number, title, author, mergedBy, base, branch, head } = change;
  const repo = { full_name: state.world.project };
  return {
    number,
    html_url: `${state.url()}/${state.world.project}/pull/${number}`,
    title,
    state: change.state === 'open' ? 'open' : 'closed',
    draft: false,
    user: userOf(author),
    merged_at: change.state === 'merged' ? '2026-11-20T09:30:00Z' : null,
    base: { ref: base, repo },
    head: { ref: branch, sha: head, repo },
    ...(how === 'listed'
      ? {}
      : { merged: change.state === 'merged', merged_by: mergedBy === undefined ? null : userOf(mergedBy) }),
  };
}

function commentOf(state: State, { id, number, author, body }: ForgeComment): object {
  const byApp = state.asker.kind === 'app' && author.id === state.world.me.id;
  return {
    id,
    html_url: `${state.url()}/${state.world.project}/pull/${number}#issuecomment-${id}`,
    body,
    user: byApp ? { ...userOf(author), login: `${author.name}[bot]`, type: 'Bot' } : userOf(author),
    performed_via_github_app: byApp ? { id: appId, slug: author.name } : null,
  };
}
