import {
  createWorld,
  type FakeForge,
  type ForgeChange,
  type ForgeComment,
  type ForgeUser,
  type ForgeWorld,
  type ReceivedRequest,
  type ServedAnswer,
  type ShownStatus,
  startLocalService,
} from '@meshwright/plugin-testkit';

interface State {
  world: ForgeWorld;
  token: string;
  refused: boolean;
  limited: boolean;
  url: () => string;
  /** As GitLab calls them, for statuses that are not at their end yet. */
  raw: Map<string, string>;
}

/**
 * A GitLab on this machine, as far as the engine speaks to one: paths, fields and refusals as GitLab's documentation and source
 * have them (https://docs.gitlab.com/api/rest/; doc/user/project/integrations/webhook_events.md and
 * lib/gitlab/quick_actions of gitlab-org/gitlab). No real GitLab was at hand to record.
 */
export async function startGitlab(team: string, token: string): Promise<FakeForge> {
  const state: State = {
    world: createWorld(team),
    token,
    refused: false,
    limited: false,
    url: () => fake.local.url,
    raw: new Map(),
  };
  const fake: FakeForge = {
    local: await startLocalService((request) => answer(state, request)),
    world: state.world,
    passed: 0,
    refuseCredential: () => {
      state.refused = true;
    },
    limit: () => {
      state.limited = true;
    },
  };
  return fake;
}

function answer(state: State, request: ReceivedRequest): ServedAnswer {
  if (state.limited) return { status: 429, headers: { 'retry-after': '3600' }, body: 'Retry later\n' };
  if (state.refused || request.headers.authorization !== `Bearer ${state.token}`) {
    return { status: 401, body: { message: '401 Unauthorized' } };
  }
  return route(state, request) ?? { status: 404, body: { message: '404 Not Found' } };
}

function route(state: State, request: ReceivedRequest): ServedAnswer | undefined {
  const { world } = state;
  const path = request.path.replace('/api/v4', '');
  if (request.method === 'GET' && path === '/user') return { body: userOf(world.me) };
  const group = /^\/groups\/([^/]+)\/members\/all$/.exec(path)?.[1];
  if (request.method === 'GET' && group !== undefined) {
    const members = world.teams[decodeURIComponent(group)];
    return members === undefined ? undefined : pageOf(request, members.map(userOf));
  }
  const prefix = `/projects/${encodeURIComponent(world.project)}`;
  if (path === prefix) return { body: projectOf(world) };
  return path.startsWith(`${prefix}/`) ? inProject(state, request, path.slice(prefix.length + 1)) : undefined;
}

function inProject(state: State, request: ReceivedRequest, path: string): ServedAnswer | undefined {
  const { world } = state;
  const { method, query } = request;
  const sent = (): Record<string, string> => JSON.parse(request.body.toString()) as Record<string, string>;
  const [resource = '', id = '', what = '', inner = ''] = path.split('/');
  if (resource === 'statuses' && method === 'POST') return putStatus(state, id, sent());
  if (resource === 'events') return { body: eventsFor(world, query) };
  if (resource === 'repository' && inner === 'merge_requests') {
    const commit = what;
    const found = world.changes.filter(({ mergeCommit, head }) => mergeCommit === commit || head === commit);
    const known = found.length > 0 || world.pushes.some(({ after }) => after === commit);
    return known ? { body: found.map((change) => mergeRequestOf(state, change)) } : undefined;
  }
  if (resource !== 'merge_requests') return undefined;
  if (id === '') {
    if (method === 'POST') return { status: 201, body: mergeRequestOf(state, openChange(world, sent())) };
    return pageOf(request, mergeRequestsFor(state, query));
  }
  const change = world.changes.find(({ number }) => number === Number(id));
  if (change === undefined) return undefined;
  if (what === '') return { body: mergeRequestOf(state, change) };
  return what === 'notes' ? onNotes(world, request, { number: change.number, note: inner, sent }) : undefined;
}

function onNotes(
  world: ForgeWorld,
  request: ReceivedRequest,
  { number, note, sent }: { number: number; note: string; sent: () => Record<string, string> },
): ServedAnswer | undefined {
  if (request.method === 'POST') {
    const { body = '' } = sent();
    // A note of nothing but quick actions is carried out and not kept.
    if (/^\/approve\b[^\n]*$/i.test(body))
      return { status: 202, body: { commands_changes: { approved: true } } };
    const comment = { id: 8_000 + world.comments.length, number, author: world.me, body };
    world.comments.push(comment);
    return { status: 201, body: noteOf(comment) };
  }
  if (request.method === 'PUT') {
    const comment = world.comments.find(({ id }) => id === Number(note));
    if (comment?.number !== number) return undefined;
    comment.body = sent().body ?? '';
    return { body: noteOf(comment) };
  }
  return pageOf(request, world.comments.filter((comment) => comment.number === number).map(noteOf));
}

/** Jobs move from one state to another, and not to the one they have (app/models/commit_status.rb). */
function putStatus(state: State, commit: string, sent: Record<string, string>): ServedAnswer {
  const { state: to = '', name = 'default', description = '', target_url: url } = sent;
  if (!['pending', 'running', 'success', 'failed', 'canceled', 'skipped'].includes(to)) {
    return { status: 400, body: { error: 'state does not have a valid value' } };
  }
  if (description.length > 255)
    return { status: 400, body: { message: { description: ['is too long (maximum is 255 characters)'] } } };
  const key = `${commit} ${name}`;
  const open = state.raw.get(key);
  if (open === to) {
    const reason = `Cannot transition status via :enqueue from :${to} (Reason(s): Status cannot transition via "enqueue")`;
    return { status: 400, body: { message: reason } };
  }
  if (to === 'pending' || to === 'running') state.raw.set(key, to);
  else state.raw.delete(key);
  const kept = state.world.statuses.filter((status) => status.commit !== commit || status.context !== name);
  const shown: ShownStatus['state'] = to === 'failed' ? 'failure' : to === 'success' ? 'success' : 'pending';
  const status = { commit, state: shown, context: name, description, ...(url === undefined ? {} : { url }) };
  state.world.statuses.splice(0, state.world.statuses.length, ...kept, status);
  return { status: 201, body: { id: 1, status: to, name } };
}

function mergeRequestsFor(state: State, query: URLSearchParams): object[] {
  const [target, source] = [query.get('target_branch'), query.get('source_branch')];
  const found = state.world.changes.filter(
    (change) =>
      change.state === 'open' &&
      (target === null || change.base === target) &&
      (source === null || change.branch === source),
  );
  return found.map((change) => mergeRequestOf(state, change));
}

function openChange(world: ForgeWorld, sent: Record<string, string>): ForgeChange {
  const { title = '', source_branch: branch = '', target_branch: base = '' } = sent;
  const number = Math.max(...world.changes.map((change) => change.number)) + 1;
  const head = number.toString(16).padStart(40, 'd');
  const change: ForgeChange = { number, title, state: 'open', author: world.me, branch, base, head };
  world.changes.push(change);
  return change;
}

function eventsFor({ pushes }: ForgeWorld, query: URLSearchParams): object[] {
  if (query.get('action') !== 'pushed') return [];
  return pushes.map(({ after, branch, user }) => ({
    id: 1,
    action_name: 'pushed to',
    author: userOf(user),
    author_username: user.name,
    push_data: {
      commit_count: 1,
      action: 'pushed',
      ref_type: 'branch',
      commit_from: '0'.repeat(40),
      commit_to: after,
      ref: branch,
    },
  }));
}

/** A page with GitLab's headers; lists of more than ten thousand have no total, and none is that long here. */
function pageOf({ query }: ReceivedRequest, all: readonly object[]): ServedAnswer {
  const size = Math.min(100, Number(query.get('per_page') ?? 20));
  const page = Number(query.get('page') ?? 1);
  const last = page * size >= all.length;
  return {
    body: all.slice((page - 1) * size, page * size),
    headers: {
      'x-page': String(page),
      'x-next-page': last ? '' : String(page + 1),
      'x-total': String(all.length),
    },
  };
}

function userOf({ id, name }: ForgeUser): object {
  return { id, username: name, name: name.toUpperCase(), state: 'active', locked: false };
}

function projectOf({ project }: ForgeWorld): object {
  return {
    id: 15,
    path_with_namespace: project,
    archived: false,
    merge_requests_access_level: 'enabled',
    permissions: { project_access: { access_level: 30, notification_level: 3 }, group_access: null },
  };
}

function mergeRequestOf(state: State, change: ForgeChange): object {
  const { number, title, author, mergedBy, base, branch, head } = change;
  const merger = mergedBy === undefined ? null : userOf(mergedBy);
  return {
    id: 10_000 + number,
    iid: number,
    title,
    state: change.state === 'open' ? 'opened' : change.state,
    merged_by: merger,
    merge_user: merger,
    target_branch: base,
    source_branch: branch,
    author: userOf(author),
    sha: head,
    web_url: `${state.url()}/${state.world.project}/-/merge_requests/${number}`,
  };
}

function noteOf({ id, author, body, number }: ForgeComment): object {
  return {
    id,
    type: null,
    body,
    author: userOf(author),
    system: false,
    noteable_type: 'MergeRequest',
    noteable_iid: number,
  };
}
