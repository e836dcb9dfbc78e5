import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { jsonOf, type RestApi } from '@meshwright/plugin-sdk';
import { activityShape, type GiteaUser } from './shapes.ts';

/** A push in the feed of a repository: its last commit, and the last few it brought. */
const pushShape = z.object({
  Commits: z.array(z.object({ Sha1: z.string() })).nullish(),
  HeadCommit: z.object({ Sha1: z.string() }).nullish(),
});

/** Pushes further back than this many pages of the feed are not looked for. */
const mostPages = 20;
/** Gitea writes its feed a moment after it has taken a push: how long that is waited for, in milliseconds. */
const waits = [500, 1000, 2000];

/**
 * Who has pushed a commit to a branch, as the feed of the repository has it; nobody where the push was longer ago than the
 * feed is read, brought more commits after it than Gitea keeps (5), or was made by a mirror. For a push with a deploy key
 * Gitea names the owner of the repository.
 */
export async function findPushers(
  api: RestApi,
  path: string,
  branch: string,
  commit: string,
): Promise<GiteaUser[]> {
  let pushers = await readFeed(api, path, { branch, commit, mostPages });
  for (const wait of waits) {
    if (pushers.length > 0) break;
    await setTimeout(wait);
    // What has just been pushed stands first.
    pushers = await readFeed(api, path, { branch, commit, mostPages: 1 });
  }
  return pushers;
}

interface Sought {
  branch: string;
  commit: string;
  mostPages: number;
}

async function readFeed(api: RestApi, path: string, sought: Sought): Promise<GiteaUser[]> {
  const pushers = new Map<number, GiteaUser>();
  let page = 0;
  for await (const activities of api.pages(`/repos${path}/activities/feeds`, activityShape)) {
    for (const { op_type: kind, ref_name: ref, content, act_user: user } of activities) {
      if (kind !== 'commit_repo' || ref !== `refs/heads/${sought.branch}` || user == null) continue;
      if (holds(content, sought.commit)) pushers.set(user.id, user);
    }
    page += 1;
    if (page === sought.mostPages) break;
  }
  return [...pushers.values()];
}

function holds(content: string, commit: string): boolean {
  const { data } = pushShape.safeParse(jsonOf(content));
  if (data === undefined) return false;
  const { Commits: commits, HeadCommit: head } = data;
  return head?.Sha1 === commit || (commits ?? []).some(({ Sha1: id }) => id === commit);
}
