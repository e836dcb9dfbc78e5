import type { Account } from '@meshwright/model';
import type { PullRequest } from '@meshwright/plugin-sdk';
import { z } from 'zod';

/** What GitHub answers and sends, as far as it is read here (REST API 2022-11-28). */
export const userShape = z.object({ id: z.int(), login: z.string(), type: z.string().optional() });
export type GithubUser = z.infer<typeof userShape>;

export const repositoryShape = z.object({
  full_name: z.string(),
  archived: z.boolean().default(false),
  permissions: z.object({ push: z.boolean().default(false) }).optional(),
});

/** In lists GitHub leaves `merged` and `merged_by` out. */
export const pullRequestShape = z.object({
  number: z.int().positive(),
  html_url: z.string(),
  title: z.string(),
  state: z.enum(['open', 'closed']),
  merged_at: z.string().nullish(),
  user: userShape.nullish(),
  merged_by: userShape.nullish(),
  base: z.object({ ref: z.string() }),
  head: z.object({ sha: z.string() }),
});
export type GithubPullRequest = z.infer<typeof pullRequestShape>;

export const commentShape = z.object({
  id: z.int(),
  html_url: z.string(),
  body: z.string().nullish(),
  user: userShape.nullish(),
  performed_via_github_app: z.object({ id: z.int() }).nullish(),
});
export type GithubComment = z.infer<typeof commentShape>;

export const activityShape = z.object({ after: z.string(), actor: userShape.nullish() });

/** Whom GitHub names in place of an account that was deleted. */
const ghost: GithubUser = { id: 10137, login: 'ghost' };

/** The account of a user: by GitHub's number for it, which stays when the user takes another name. */
export function accountOf(service: string, user: GithubUser | null | undefined): Account {
  const { id, login } = user ?? ghost;
  return { service, id: String(id), name: login };
}

/** GitHub keeps what a pull request offers below `refs/pull`, also when its branch or fork is gone. */
export function pullRequestOf(service: string, found: GithubPullRequest): PullRequest {
  const { number, title, state, merged_at: mergedAt, merged_by: mergedBy } = found;
  return {
    number,
    url: found.html_url,
    title,
    state: mergedAt == null ? state : 'merged',
    author: accountOf(service, found.user),
    ...(mergedBy == null ? {} : { mergedBy: accountOf(service, mergedBy) }),
    base: found.base.ref,
    head: found.head.sha,
    headRef: `refs/pull/${number}/head`,
  };
}
