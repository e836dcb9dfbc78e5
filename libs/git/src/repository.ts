import { type CommitInfo, MeshwrightError } from '@meshwright/model';
import { describeArguments, parseCommit } from './commits.ts';
import { findContributors } from './contributors.ts';
import { remoteEnvironment } from './environment.ts';
import { remoteFailure } from './failures.ts';
import {
  authenticate,
  type Context,
  fetchCommit,
  findAncestor,
  holds,
  notFetched,
  onMirror,
  type RepositoryOptions,
} from './fetching.ts';
import { watchLocalRefs } from './local-refs.ts';
import { mergeCommit, type Merged } from './merging.ts';
import { mirrorFor, prepareHome } from './mirror.ts';
import { isCommit, normalizeDirectory, requireBranch, requireCommit } from './names.ts';
import { openObjects } from './objects.ts';
import { runGitGroup } from './process.ts';
import { type Published, publishCommit } from './publishing.ts';
import { revertCommit, type Reverted, type RevertOptions } from './reverting.ts';
import { type VerifiedSignature, verifyCommit } from './signature.ts';
import { parseTip, type Tip, tipArguments } from './tip.ts';
import { type CommitTree, listArguments, listingLimit, treeOf } from './tree.ts';
import { parseRemoteUrl } from './url.ts';

/** A Git repository, read and added to without a checkout. Nothing in the repository is executed or believed. */
export interface Repository {
  readonly name: string;
  /**
   * Asks the server where the branch is.
   * @throws MeshwrightError REPOSITORY_UNREACHABLE when trying again may help, else REPOSITORY_REFUSED.
   */
  tip(signal?: AbortSignal): Promise<Tip>;
  /** Asks the server where another branch is; throws as `tip`. */
  tipOf(branch: string, signal?: AbortSignal): Promise<Tip>;
  /**
   * Calls back whenever the branch may have moved, and gives the function that ends it. Only a repository on this
   * machine can tell, and not under all circumstances: who has to know looks from time to time as well.
   */
  watch(onChange: () => void): () => void;
  /**
   * Brings a commit into the mirror; nothing happens when it is there.
   * @throws MeshwrightError as `tip`, and COMMIT_MISSING when the server does not have it (any more).
   */
  fetch(commit: string, signal?: AbortSignal): Promise<void>;
  /** Brings a commit into the mirror from a ref that has it, such as `refs/pull/3/head`; else as `fetch`. */
  fetchFrom(ref: string, commit: string, signal?: AbortSignal): Promise<void>;
  /**
   * Who wrote a fetched commit and when, and who has a part in all that came with it since another one, which may fetch more
   * history; in the commit alone without one.
   * @throws MeshwrightError COMMIT_MISSING when it was not fetched, INVALID_INPUT when more than 100 people have a part in it.
   */
  commitInfo(commit: string, since?: string, signal?: AbortSignal): Promise<CommitInfo>;
  /**
   * Whether one commit is an ancestor of a fetched other, or the same. More history is fetched as needed, up to
   * 2,000 commits back; an ancestor older than that is not recognised.
   */
  isAncestor(ancestor: string, descendant: string, signal?: AbortSignal): Promise<boolean>;
  /**
   * The files of a fetched commit, or of one directory of it.
   * @throws MeshwrightError COMMIT_MISSING when it was not fetched, INVALID_INPUT when there is no such directory or too much in it.
   */
  tree(commit: string, directory?: string): Promise<CommitTree>;
  /** See `verifyCommit`; without a policy every commit is refused. */
  verifySignature(commit: string): Promise<VerifiedSignature>;
  /**
   * Makes a commit in the mirror that takes back what another changed, on top of a commit that has it among its
   * ancestors; or says why there can be none. Fetches what it needs; throws as `fetch`.
   */
  revert(commit: string, options: RevertOptions): Promise<Reverted>;
  /**
   * Makes a commit in the mirror whose files are those of merging a fetched commit into another; or says why there can
   * be none. Fetches what it needs; throws as `fetch`.
   */
  merge(commit: string, options: { onto: string; signal?: AbortSignal }): Promise<Merged>;
  /**
   * Pushes a commit of the mirror as a new branch; one that is there is left as it is.
   * @throws MeshwrightError REPOSITORY_REFUSED when the server does not take it, and as `tip`.
   */
  publish(commit: string, branch: string, signal?: AbortSignal): Promise<Published>;
}

/**
 * A repository by its address; nothing is contacted yet.
 * @throws MeshwrightError INVALID_CONFIGURATION when the URL or the branch cannot be used.
 */
export function openRepository(options: RepositoryOptions): Repository {
  const remote = parseRemoteUrl(options.url);
  if (options.branch !== undefined) requireBranch(options.branch);
  const context: Context = { options, remote };
  return {
    name: options.name,
    tip: (signal) => lookAtTip(context, options.branch, signal),
    tipOf: (branch, signal) => lookAtTip(context, branch, signal),
    watch: (onChange) => watchLocalRefs(remote, options.branch, onChange),
    fetch: (commit, signal) => fetchCommit(context, commit, signal),
    fetchFrom: (ref, commit, signal) => fetchCommit(context, commit, signal, ref),
    commitInfo: (commit, since, signal) => describe(context, commit, since, signal),
    isAncestor: (ancestor, descendant, signal) => findAncestor(context, ancestor, descendant, signal),
    tree: (commit, directory) => readTree(context, commit, directory ?? ''),
    verifySignature: (commit) => verify(context, commit),
    revert: (commit, how) => revertCommit(context, commit, how),
    merge: (commit, how) => mergeCommit(context, commit, how),
    publish: (commit, branch, signal) => publishCommit(context, commit, branch, signal),
  };
}

async function lookAtTip(
  context: Context,
  branch: string | undefined,
  signal: AbortSignal | undefined,
): Promise<Tip> {
  if (branch !== undefined) requireBranch(branch);
  const { options, remote } = context;
  const home = await prepareHome(options.mirrorDirectory);
  const authentication = await authenticate(context);
  const result = await runGitGroup(tipArguments(branch), {
    environment: remoteEnvironment(home, remote, authentication),
    directory: home,
    timeoutMs: options.timeouts?.lookMs ?? 20_000,
    signal,
  });
  if (result.code !== 0) throw remoteFailure(result.stderr, options.name, authentication.secrets);
  return parseTip(result.stdout.toString('utf8'), branch);
}

async function describe(
  context: Context,
  commit: string,
  since: string | undefined,
  signal: AbortSignal | undefined,
): Promise<CommitInfo> {
  requireCommit(commit);
  const { options } = context;
  const mirror = mirrorFor(options.mirrorDirectory, commit);
  const { code, stdout } = await onMirror(mirror, describeArguments(commit));
  const info = parseCommit(stdout);
  if (code !== 0 || !isCommit(info.id)) throw notFetched(options.name, commit);
  return { ...info, contributors: await findContributors(context, commit, since, signal) };
}

async function readTree({ options }: Context, commit: string, directory: string): Promise<CommitTree> {
  requireCommit(commit);
  const inside = normalizeDirectory(directory);
  const mirror = mirrorFor(options.mirrorDirectory, commit);
  const { code, stdout } = await onMirror(mirror, listArguments(commit, inside), listingLimit);
  if (code !== 0 && !(await holds(mirror, commit))) throw notFetched(options.name, commit);
  if (code !== 0) {
    throw new MeshwrightError('INVALID_INPUT', `Commit ${commit.slice(0, 12)} has no directory ${inside}.`);
  }
  return treeOf(stdout, openObjects(mirror.environment, mirror.directory));
}

async function verify({ options }: Context, commit: string): Promise<VerifiedSignature> {
  requireCommit(commit);
  const mirror = mirrorFor(options.mirrorDirectory, commit);
  if (!(await holds(mirror, commit))) throw notFetched(options.name, commit);
  return verifyCommit(mirror, commit, options.signatures ?? {});
}
