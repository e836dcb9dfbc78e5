import type { Account } from '@meshwright/model';
import {
  commitId,
  type ForgeConnection,
  type ForgeSettings,
  keepComment,
  type PullRequest,
  type RestApi,
  type ServiceContext,
} from '@meshwright/plugin-sdk';
import { openApi, projectPath } from './api.ts';
import { checkAccess } from './check.ts';
import { commentsOf } from './comments.ts';
import { findPushers } from './pushers.ts';
import {
  accountOf,
  pullRequestOf,
  pullRequestShape,
  type GiteaPullRequest,
  type GiteaUser,
} from './shapes.ts';
import { setStatus } from './status.ts';
import { membersOf } from './teams.ts';

/** One Gitea, in the name of a token. */
export function connect(settings: ForgeSettings, context: ServiceContext): ForgeConnection {
  const { service, url } = settings;
  const api = openApi(settings, context);
  const account = (user: GiteaUser): Account => accountOf(service, user);
  const shown = (found: GiteaPullRequest): PullRequest => pullRequestOf(service, found);

  return {
    check: (project) => checkAccess(api, project),

    setStatus: async (project, commit, status) => setStatus(api, projectPath(project), commit, status),

    pullRequest: async (project, number) =>
      shown(await api.get(`/repos${projectPath(project)}/pulls/${number}`, pullRequestShape)),

    openPullRequests: async (project, base) => (await openInto(api, project, base)).map(shown),

    // Gitea knows the one whose merge made a commit.
    pullRequestsOf: async (project, commit) => {
      const path = `/repos${projectPath(project)}/commits/${commitId(commit)}/pull`;
      const found = await api.find(path, pullRequestShape);
      return found === undefined ? [] : [shown(found)];
    },

    pushersOf: async (project, branch, commit) =>
      (await findPushers(api, projectPath(project), branch, commit)).map(account),

    putComment: async (project, number, comment) =>
      keepComment(commentsOf(api, projectPath(project), number), comment),

    reply: async (project, number, markdown) => {
      await commentsOf(api, projectPath(project), number).write(markdown);
    },

    offerPullRequest: async (project, { branch, base, title, body }) => {
      const open = await openInto(api, project, base);
      // A fork may have a branch of this name too.
      const there = open.find(({ head, base: into }) => head.ref === branch && head.repo_id === into.repo_id);
      if (there !== undefined) return shown(there);
      const path = `/repos${projectPath(project)}/pulls`;
      const offer = { method: 'POST', path, body: { head: branch, base, title, body } } as const;
      return shown(await api.send(offer, pullRequestShape));
    },

    teamMembers: async (team) => (await membersOf(api, team)).map(account),

    commitUrl: (project, commit) => `${url}${projectPath(project)}/commit/${commitId(commit)}`,
  };
}

/** Oldest first, so that one that is opened meanwhile moves no other to another page. */
async function openInto(api: RestApi, project: string, base: string): Promise<GiteaPullRequest[]> {
  const query = new URLSearchParams({ state: 'open', sort: 'oldest', base_branch: base });
  const path = `/repos${projectPath(project)}/pulls?${query.toString()}`;
  const open = new Map<number, GiteaPullRequest>();
  for await (const page of api.pages(path, pullRequestShape)) {
    // Older Giteas do not know the filter.
    for (const found of page) if (found.base.ref === base) open.set(found.number, found);
  }
  return [...open.values()];
}
