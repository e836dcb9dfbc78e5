import type { Account } from '@meshwright/model';
import {
  askedOnce,
  type CommentStore,
  commitId,
  type CommitStatus,
  distinctAccounts,
  type ForgeConnection,
  type ForgeSettings,
  type FoundComment,
  keepComment,
  nameParts,
  type PullRequest,
  type RestApi,
  type ServiceContext,
  shown,
} from '@meshwright/plugin-sdk';
import { z } from 'zod';
import { openApi } from './api.ts';
import { checkAccess } from './check.ts';
import {
  accountOf,
  eventShape,
  memberShape,
  mergeRequestShape,
  noteShape,
  pullRequestOf,
  userShape,
} from './shapes.ts';

/** GitLab refuses longer ones. */
const longest = { context: 255, description: 255, title: 255 };
/** Groups in groups: GitLab has twenty levels of them. */
const mostLevels = 21;

/** One GitLab, in the name of a token. */
export function connect(settings: ForgeSettings, context: ServiceContext): ForgeConnection {
  const { service, url } = settings;
  const api = openApi(settings, context);
  const me = askedOnce(() => api.get('/user', userShape));

  return {
    check: async (project) => checkAccess(api, projectPath(project)),

    setStatus: async (project, commit, status) =>
      setStatus(api, projectPath(project), commitId(commit), status),

    pullRequest: async (project, number) => {
      const path = `${projectPath(project)}/merge_requests/${number}`;
      return pullRequestOf(service, await api.get(path, mergeRequestShape));
    },

    openPullRequests: async (project, base) => {
      // Oldest first: one that is opened meanwhile moves no other to another page.
      const query = new URLSearchParams({
        state: 'opened',
        target_branch: base,
        order_by: 'created_at',
        sort: 'asc',
      });
      const open = new Map<number, PullRequest>();
      const path = `${projectPath(project)}/merge_requests?${query.toString()}`;
      for await (const page of api.pages(path, mergeRequestShape)) {
        for (const found of page) if (found.sha !== null) open.set(found.iid, pullRequestOf(service, found));
      }
      return [...open.values()];
    },

    pullRequestsOf: async (project, commit) => {
      const path = `${projectPath(project)}/repository/commits/${commitId(commit)}/merge_requests?per_page=100`;
      const found = (await api.find(path, mergeRequestShape.array())) ?? [];
      const merged = found.filter(({ state, sha }) => state === 'merged' && sha !== null);
      return merged.map((one) => pullRequestOf(service, one));
    },

    pushersOf: async (project, branch, commit) => {
      // GitLab tells of whole pushes, the newest first: of a commit in the middle of one it tells nothing.
      const path = `${projectPath(project)}/events?action=pushed&per_page=100`;
      const events = (await api.find(path, eventShape.array(), [403])) ?? [];
      const head = commitId(commit);
      const pushes = events.filter(({ push_data: push }) => push?.ref === branch && push.commit_to === head);
      return distinctAccounts(
        pushes.flatMap(({ author }) => (author == null ? [] : [accountOf(service, author)])),
      );
    },

    putComment: async (project, number, comment) => {
      const path = notesPath(project, number);
      const { id } = await me();
      return keepComment(
        notesOf(api, { path, address: noteAddress(url, project, number), owner: id }),
        comment,
      );
    },

    reply: async (project, number, markdown) => {
      await api.send(
        { method: 'POST', path: notesPath(project, number), body: { body: markdown } },
        noteShape,
      );
    },

    offerPullRequest: async (project, { branch, base, title, body }) => {
      const path = `${projectPath(project)}/merge_requests`;
      const query = new URLSearchParams({ state: 'opened', source_branch: branch, target_branch: base });
      const [there] = await api.get(`${path}?${query.toString()}`, mergeRequestShape.array());
      if (there !== undefined) return pullRequestOf(service, there);
      const offer = {
        source_branch: branch,
        target_branch: base,
        title: shown(title, longest.title),
        description: body,
      };
      return pullRequestOf(service, await api.send({ method: 'POST', path, body: offer }, mergeRequestShape));
    },

    teamMembers: async (team) => {
      const parts = nameParts(team, {
        what: 'group of GitLab',
        example: 'acme/mesh-owners',
        least: 1,
        most: mostLevels,
      });
      const members: Account[] = [];
      // With those of the groups above it, as GitLab counts who may do what.
      for await (const page of api.pages(
        `/groups/${encodeURIComponent(parts.join('/'))}/members/all`,
        memberShape,
      )) {
        for (const member of page) if (member.state === 'active') members.push(accountOf(service, member));
      }
      return distinctAccounts(members);
    },

    commitUrl: (project, commit) => `${url}/${projectName(project)}/-/commit/${commitId(commit)}`,
  };
}

function projectName(project: string): string {
  const how = { what: 'project of GitLab', example: 'acme/platform/patterns', most: mostLevels };
  return nameParts(project, how).join('/');
}

function projectPath(project: string): string {
  return `/projects/${encodeURIComponent(projectName(project))}`;
}

function notesPath(project: string, number: number): string {
  return `${projectPath(project)}/merge_requests/${number}/notes`;
}

function noteAddress(url: string, project: string, number: number): (note: number) => string {
  return (note) => `${url}/${projectName(project)}/-/merge_requests/${number}#note_${note}`;
}

/** The notes of one merge request. */
function notesOf(
  api: RestApi,
  { path, address, owner }: { path: string; address: (note: number) => string; owner: number },
): CommentStore {
  return {
    async *pages() {
      for await (const page of api.pages(`${path}?sort=asc&order_by=created_at`, noteShape)) {
        yield page.map(({ id, body, system, author }): FoundComment => ({
          id,
          body,
          url: address(id),
          own: author.id === owner && !system,
        }));
      }
    },
    write: async (body) => address((await api.send({ method: 'POST', path, body: { body } }, noteShape)).id),
    edit: async ({ id }, body) => {
      await api.send({ method: 'PUT', path: `${path}/${id}`, body: { body } }, noteShape);
      return address(id);
    },
  };
}

/**
 * GitLab refuses a state that a commit has already: it keeps statuses as jobs, which move from one state to another. What was
 * said of it before stays then.
 */
async function setStatus(api: RestApi, project: string, commit: string, status: CommitStatus): Promise<void> {
  const { state, context, description, url: target } = status;
  const path = `${project}/statuses/${commit}`;
  const body = {
    state: state === 'error' || state === 'failure' ? 'failed' : state,
    name: shown(context, longest.context),
    description: shown(description, longest.description),
    ...(target === undefined ? {} : { target_url: target }),
  };
  const request = { method: 'POST', path, body } as const;
  const response = await api.ask(request);
  if (response.status >= 200 && response.status <= 299) {
    api.read(request, response, z.object({ id: z.int() }));
    return;
  }
  const isSame = response.status === 400 && response.body.includes('Cannot transition status');
  if (!isSame) throw api.refusal(request, response);
}
