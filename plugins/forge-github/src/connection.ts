import type { Account } from '@meshwright/model';
import {
  askedOnce,
  type CommentStore,
  commitId,
  distinctAccounts,
  type ForgeConnection,
  type ForgeSettings,
  keepComment,
  nameParts,
  type PullRequest,
  type RestApi,
  type ServiceContext,
  shown,
} from '@meshwright/plugin-sdk';
import { z } from 'zod';
import { openApi } from './api.ts';
import { commentsOf } from './comments.ts';
import { checkAccess, readIdentity, wrote } from './identity.ts';
import { accountOf, activityShape, pullRequestOf, pullRequestShape, userShape } from './shapes.ts';

/** GitHub refuses longer ones. */
const longest = { description: 140, title: 256 };

/** One GitHub, in the name of a token or an app. */
export function connect(settings: ForgeSettings, context: ServiceContext): ForgeConnection {
  const { service, url } = settings;
  const api = openApi(settings, context);
  const at = (project: string): { rest: RestApi; path: string } => {
    const [owner = '', name = ''] = nameParts(project, {
      what: 'repository of GitHub',
      example: 'acme/patterns',
    });
    return { rest: api.of({ project: `${owner}/${name}` }), path: `/repos/${owner}/${name}` };
  };
  const identity = askedOnce(() => readIdentity(api));
  const comments = async (project: string, number: number): Promise<CommentStore> => {
    const { rest, path } = at(project);
    const own = await identity();
    return commentsOf(rest, path, number, (comment) => wrote(own, comment));
  };

  return {
    check: async (project) => {
      const { rest } = at(project);
      return checkAccess(await readIdentity(api), rest, project);
    },

    setStatus: async (project, commit, { state, context: of, description, url: target }) => {
      const { rest, path } = at(project);
      const body = {
        state,
        context: of,
        description: shown(description, longest.description),
        ...(target === undefined ? {} : { target_url: target }),
      };
      await rest.send({ method: 'POST', path: `${path}/statuses/${commitId(commit)}`, body }, z.unknown());
    },

    pullRequest: async (project, number) => readPullRequest(service, at(project), number),

    openPullRequests: async (project, base) => {
      const { rest, path } = at(project);
      // Oldest first: one that is opened meanwhile moves no other to another page.
      const query = new URLSearchParams({ state: 'open', base, sort: 'created', direction: 'asc' });
      const open = new Map<number, PullRequest>();
      for await (const page of rest.pages(`${path}/pulls?${query.toString()}`, pullRequestShape)) {
        for (const found of page) open.set(found.number, pullRequestOf(service, found));
      }
      return [...open.values()];
    },

    pullRequestsOf: async (project, commit) => {
      const { rest, path } = at(project);
      const list = `${path}/commits/${commitId(commit)}/pulls?per_page=100`;
      // 409 is an empty repository, 422 a commit that GitHub has not.
      const found = (await rest.find(list, pullRequestShape.array(), [409, 422])) ?? [];
      const merged = found.filter(({ merged_at: mergedAt }) => mergedAt != null);
      // The list does not say who merged them.
      return Promise.all(merged.map(({ number }) => readPullRequest(service, { rest, path }, number)));
    },

    pushersOf: async (project, branch, commit) => {
      const { rest, path } = at(project);
      const query = new URLSearchParams({ ref: `refs/heads/${branch}`, per_page: '100' });
      // GitHub tells of whole pushes, the newest first: of a commit in the middle of one it tells nothing.
      const activities = await rest.find(
        `${path}/activity?${query.toString()}`,
        activityShape.array(),
        [403],
      );
      const pushes = (activities ?? []).filter(({ after }) => after === commitId(commit));
      return distinctAccounts(
        pushes.flatMap(({ actor }) => (actor == null ? [] : [accountOf(service, actor)])),
      );
    },

    putComment: async (project, number, comment) => keepComment(await comments(project, number), comment),

    reply: async (project, number, markdown) => {
      await (await comments(project, number)).write(markdown);
    },

    offerPullRequest: async (project, { branch, base, title, body }) => {
      const { rest, path } = at(project);
      const [owner = ''] = project.split('/');
      const query = new URLSearchParams({ state: 'open', head: `${owner}:${branch}`, base });
      const [there] = await rest.get(`${path}/pulls?${query.toString()}`, pullRequestShape.array());
      if (there !== undefined) return pullRequestOf(service, there);
      const offer = { head: branch, base, title: shown(title, longest.title), body };
      return pullRequestOf(
        service,
        await rest.send({ method: 'POST', path: `${path}/pulls`, body: offer }, pullRequestShape),
      );
    },

    teamMembers: async (team) => {
      const [organization = '', slug = ''] = nameParts(team, {
        what: 'team of GitHub',
        example: 'acme/mesh-owners',
      });
      const members: Account[] = [];
      const rest = api.of({ organization });
      for await (const page of rest.pages(`/orgs/${organization}/teams/${slug}/members`, userShape)) {
        members.push(...page.map((user) => accountOf(service, user)));
      }
      return distinctAccounts(members);
    },

    commitUrl: (project, commit) =>
      `${url}${at(project).path.slice('/repos'.length)}/commit/${commitId(commit)}`,
  };
}

async function readPullRequest(
  service: string,
  { rest, path }: { rest: RestApi; path: string },
  number: number,
): Promise<PullRequest> {
  return pullRequestOf(service, await rest.get(`${path}/pulls/${number}`, pullRequestShape));
}
