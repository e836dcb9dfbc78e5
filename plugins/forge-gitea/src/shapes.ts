import type { Account } from '@meshwright/model';
import type { PullRequest } from '@meshwright/plugin-sdk';
import { z } from 'zod';

/** What Gitea answers and sends, as far as it is read here. */
export const userShape = z.object({ id: z.int(), login: z.string() });
export type GiteaUser = z.infer<typeof userShape>;

export const repositoryShape = z.object({
  full_name: z.string(),
  archived: z.boolean().default(false),
  has_pull_requests: z.boolean().default(true),
  permissions: z.object({ push: z.boolean() }).optional(),
});

const branchShape = z.object({ label: z.string(), ref: z.string(), sha: z.string(), repo_id: z.int() });

export const pullRequestShape = z.object({
  number: z.int(),
  html_url: z.string(),
  title: z.string(),
  state: z.enum(['open', 'closed']),
  merged: z.boolean(),
  user: userShape,
  merged_by: userShape.nullish(),
  base: branchShape,
  head: branchShape,
});
export type GiteaPullRequest = z.infer<typeof pullRequestShape>;

export const commentShape = z.object({
  id: z.int(),
  html_url: z.string(),
  body: z.string(),
  user: userShape,
});

export const activityShape = z.object({
  op_type: z.string(),
  ref_name: z.string(),
  content: z.string(),
  act_user: userShape.nullish(),
});

export const teamShape = z.object({ id: z.int(), name: z.string() });

/** The account of a user: by Gitea's number for it, which stays when the user takes another name. */
export function accountOf(service: string, { id, login }: GiteaUser): Account {
  return { service, id: String(id), name: login };
}

/** Gitea keeps what a pull request offers below `refs/pull`, also when its branch or fork is gone. */
export function pullRequestOf(service: string, found: GiteaPullRequest): PullRequest {
  const { number, title, merged, merged_by: mergedBy } = found;
  return {
    number,
    url: found.html_url,
    title,
    state: merged ? 'merged' : found.state,
    author: accountOf(service, found.user),
    ...(mergedBy == null ? {} : { mergedBy: accountOf(service, mergedBy) }),
    base: found.base.ref,
    head: found.head.sha,
    headRef: `refs/pull/${number}/head`,
  };
}
