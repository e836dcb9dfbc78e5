import { MeshwrightError } from '@meshwright/model';
import { commitId, shown, type CommitStatus, type RestApi } from '@meshwright/plugin-sdk';
import { z } from 'zod';

/** Longer descriptions only fill Gitea's list of statuses. */
const longestDescription = 255;

/** Shows a commit with a state. `path` is the repository's, below the API's `/repos`. */
export async function setStatus(
  api: RestApi,
  path: string,
  commit: string,
  { state, context, description, url }: CommitStatus,
): Promise<void> {
  const id = commitId(commit);
  const body = {
    ...{ state, context, description: shown(description, longestDescription) },
    ...(url === undefined ? {} : { target_url: url }),
  };
  try {
    await api.send({ method: 'POST', path: `/repos${path}/statuses/${id}`, body }, z.unknown());
  } catch (error) {
    // Gitea calls it a fault of its own when there is no such commit.
    const there = await api.find(`/repos${path}/git/commits/${id}?stat=false&files=false`, z.unknown());
    if (there !== undefined) throw error;
    throw new MeshwrightError('SERVICE_REFUSED', `Gitea has no commit ${id} in ${path.slice(1)}`, {
      remedy: 'Check that the repository of the forge is the one that is watched.',
    });
  }
}
