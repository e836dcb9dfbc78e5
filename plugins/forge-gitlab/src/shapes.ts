import { MeshwrightError, type Account } from '@meshwright/model';
import type { PullRequest } from '@meshwright/plugin-sdk';
import { z } from 'zod';

/** What GitLab answers and sends, as far as it is read here (REST API v4). */
export const userShape = z.object({ id: z.int(), username: z.string() });
export type GitlabUser = z.infer<typeof userShape>;

export const memberShape = userShape.extend({ state: z.string().default('active') });

const accessShape = z.object({ access_level: z.int() }).nullish();

export const projectShape = z.object({
  path_with_namespace: z.string(),
  archived: z.boolean().default(false),
  merge_requests_access_level: z.string().default('enabled'),
  permissions: z.object({ project_access: accessShape, group_access: accessShape }).optional(),
});

export const mergeRequestShape = z.object({
  iid: z.int().positive(),
  web_url: z.string(),
  title: z.string(),
  state: z.enum(['opened', 'closed', 'merged', 'locked']),
  author: userShape,
  merge_user: userShape.nullish(),
  merged_by: userShape.nullish(),
  source_branch: z.string(),
  target_branch: z.string(),
  /** Null where the branch has no commits of its own, or is gone. */
  sha: z.string().nullable(),
});
export type GitlabMergeRequest = z.infer<typeof mergeRequestShape>;

export const noteShape = z.object({
  id: z.int(),
  body: z.string(),
  system: z.boolean().default(false),
  author: userShape,
});

export const eventShape = z.object({
  author: userShape.nullish(),
  push_data: z.object({ ref: z.string().nullish(), commit_to: z.string().nullish() }).nullish(),
});

/** The account of a user: by GitLab's number for it, which stays when the user takes another name. */
export function accountOf(service: string, { id, username }: GitlabUser): Account {
  return { service, id: String(id), name: username };
}

/** GitLab keeps what a merge request offers below `refs/merge-requests`, also when its branch or fork is gone. */
export function pullRequestOf(service: string, found: GitlabMergeRequest): PullRequest {
  const { iid, title, state, sha } = found;
  if (sha === null) {
    throw new MeshwrightError('SERVICE_REFUSED', `Merge request !${iid} of GitLab has no commit.`, {
      where: found.web_url,
      remedy: 'Push a commit to its branch, or close it.',
    });
  }
  const merger = found.merge_user ?? found.merged_by;
  return {
    number: iid,
    url: found.web_url,
    title,
    // One that is being merged is locked.
    state: state === 'opened' || state === 'locked' ? 'open' : state,
    author: accountOf(service, found.author),
    ...(merger == null ? {} : { mergedBy: accountOf(service, merger) }),
    base: found.target_branch,
    head: sha,
    headRef: `refs/merge-requests/${iid}/head`,
  };
}
