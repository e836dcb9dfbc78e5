import { type CommitInfo, MeshwrightError } from '@meshwright/model';
import { describeArguments, parseCommit } from './commits.ts';
import { type Authentication, authenticationFor, type Credentials } from './credentials.ts';
import { largestFileBytes, remoteEnvironment } from './environment.ts';
import { remoteFailure } from './failures.ts';
import {
  clearLeftovers,
  discardMirror,
  inTurn,
  isMade,
  isTooLarge,
  type Mirror,
  mirrorFor,
  mirrorRef,
  prepareHome,
  prepareMirror,
  watchSize,
} from './mirror.ts';
import { watchLocalRefs } from './local-refs.ts';
import { isCommit, normalizeDirectory, requireBranch, requireCommit } from './names.ts';
import { openObjects } from './objects.ts';
import { runGit } from './plumbing.ts';
import { type GitResult, runGitGroup } from './process.ts';
import { type SignaturePolicy, type VerifiedSignature, verifyCommit } from './signature.ts';
import { parseTip, type Tip, tipArguments } from './tip.ts';
import { type CommitTree, listArguments, listingLimit, treeOf } from './tree.ts';
import { parseRemoteUrl, type RemoteUrl } from './url.ts';

export interface RepositoryOptions {
  /** How messages call it. */
  name: string;
  /** See `parseRemoteUrl`. */
  url: string;
  /** What the remote's HEAD points to when absent. */
  branch?: string;
  /** Asked before every talk with the server, so that a token may change. */
  credentials?: () => Promise<Credentials>;
  signatures?: SignaturePolicy;
  /** A directory of this repository and this process alone; what is in it can be deleted at any time. */
  mirrorDirectory: string;
  /** The disk space the mirror may take; 2 GiB by default. */
  maxMirrorBytes?: number;
  /** How long one look at the server and one fetch may take; 20 s and 10 min by default. */
  timeouts?: { lookMs?: number; fetchMs?: number };
}

/** A Git repository, read without a checkout. Nothing in the repository is executed or believed. */
export interface Repository {
  readonly name: string;
  /**
   * Asks the server where the branch is.
   * @throws MeshwrightError REPOSITORY_UNREACHABLE when trying again may help, else REPOSITORY_REFUSED.
   */
  tip(signal?: AbortSignal): Promise<Tip>;
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
  /** Who wrote a fetched commit, and when. @throws MeshwrightError COMMIT_MISSING when it was not fetched. */
  commitInfo(commit: string): Promise<CommitInfo>;
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
}

const depths = [50, 2000] as const;
const localTimeoutMs = 60_000;

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
    tip: (signal) => lookAtTip(context, signal),
    watch: (onChange) => watchLocalRefs(remote, options.branch, onChange),
    fetch: (commit, signal) => fetchCommit(context, commit, signal),
    commitInfo: (commit) => describe(context, commit),
    isAncestor: (ancestor, descendant, signal) => findAncestor(context, ancestor, descendant, signal),
    tree: (commit, directory) => readTree(context, commit, directory ?? ''),
    verifySignature: (commit) => verify(context, commit),
  };
}

interface Context {
  options: RepositoryOptions;
  remote: RemoteUrl;
}

async function authenticate({ options, remote }: Context): Promise<Authentication> {
  return authenticationFor(remote, await options.credentials?.());
}

async function lookAtTip(context: Context, signal: AbortSignal | undefined): Promise<Tip> {
  const { options, remote } = context;
  const home = await prepareHome(options.mirrorDirectory);
  const authentication = await authenticate(context);
  const result = await runGitGroup(tipArguments(options.branch), {
    environment: remoteEnvironment(home, remote, authentication),
    directory: home,
    timeoutMs: options.timeouts?.lookMs ?? 20_000,
    signal,
  });
  if (result.code !== 0) throw remoteFailure(result.stderr, options.name, authentication.secrets);
  return parseTip(result.stdout.toString('utf8'), options.branch);
}

async function fetchCommit(context: Context, commit: string, signal: AbortSignal | undefined): Promise<void> {
  requireCommit(commit);
  const mirror = mirrorFor(context.options.mirrorDirectory, commit);
  await inTurn(mirror.directory, async () => {
    if (!(await holds(mirror, commit))) await fetchTo(context, mirror, commit, depths[0], signal);
  });
}

/** Only in turn: it clears what another fetch would be writing. */
async function fetchTo(
  context: Context,
  mirror: Mirror,
  commit: string,
  depth: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { options, remote } = context;
  const maxBytes = options.maxMirrorBytes ?? 2 * 1024 ** 3;
  const home = await prepareHome(options.mirrorDirectory);
  await prepareMirror(mirror, commit.length === 64, maxBytes);
  const authentication = await authenticate(context);
  const full = new AbortController();
  const unwatch = watchSize(mirror, maxBytes, () => full.abort(tooLarge(options.name, maxBytes)));
  try {
    const result = await runGitGroup(fetchArguments(commit, depth), {
      environment: remoteEnvironment(home, remote, authentication, mirror.directory),
      directory: mirror.directory,
      timeoutMs: options.timeouts?.fetchMs ?? 600_000,
      signal: signal === undefined ? full.signal : AbortSignal.any([signal, full.signal]),
    });
    if (result.code !== 0) throw remoteFailure(result.stderr, options.name, authentication.secrets);
    if (await isTooLarge(mirror, maxBytes)) throw tooLarge(options.name, maxBytes);
  } catch (error) {
    if (await isTooLarge(mirror, maxBytes)) await discardMirror(mirror);
    else await clearLeftovers(mirror);
    throw error;
  } finally {
    unwatch();
  }
}

function fetchArguments(commit: string, depth: number): string[] {
  return [
    'fetch',
    '--quiet',
    `--depth=${depth}`,
    `--filter=blob:limit=${largestFileBytes}`,
    '--no-tags',
    '--no-write-fetch-head',
    '--no-recurse-submodules',
    '--end-of-options',
    'origin',
    `+${commit}:${mirrorRef}`,
  ];
}

async function findAncestor(
  context: Context,
  ancestor: string,
  descendant: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  requireCommit(ancestor);
  requireCommit(descendant);
  const mirror = mirrorFor(context.options.mirrorDirectory, descendant);
  return inTurn(mirror.directory, async () => {
    if (await isReachable(mirror, ancestor, descendant)) return true;
    if (!(await isShallow(mirror))) return false;
    await fetchTo(context, mirror, descendant, depths[1], signal);
    return isReachable(mirror, ancestor, descendant);
  });
}

async function isReachable(mirror: Mirror, ancestor: string, descendant: string): Promise<boolean> {
  const { code } = await onMirror(mirror, ['merge-base', '--is-ancestor', ancestor, descendant]);
  return code === 0;
}

async function isShallow(mirror: Mirror): Promise<boolean> {
  const { stdout } = await onMirror(mirror, ['rev-parse', '--is-shallow-repository']);
  return stdout.toString('utf8').trim() === 'true';
}

async function holds(mirror: Mirror, commit: string): Promise<boolean> {
  const { code } = await onMirror(mirror, ['cat-file', '-e', `${commit}^{commit}`]);
  return code === 0;
}

async function describe({ options }: Context, commit: string): Promise<CommitInfo> {
  requireCommit(commit);
  const mirror = mirrorFor(options.mirrorDirectory, commit);
  const { code, stdout } = await onMirror(mirror, describeArguments(commit));
  const info = parseCommit(stdout);
  if (code !== 0 || !isCommit(info.id)) throw notFetched(options.name, commit);
  return info;
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

/** A mirror that is not made yet answers like one without the commit. */
async function onMirror(mirror: Mirror, argv: readonly string[], outputLimit?: number): Promise<GitResult> {
  if (!(await isMade(mirror))) return { code: 128, stdout: Buffer.alloc(0), stderr: '' };
  return runGit(argv, {
    environment: mirror.environment,
    directory: mirror.directory,
    timeoutMs: localTimeoutMs,
    ...(outputLimit === undefined ? {} : { outputLimit }),
  });
}

function notFetched(repository: string, commit: string): MeshwrightError {
  return new MeshwrightError(
    'COMMIT_MISSING',
    `Commit ${commit.slice(0, 12)} of repository ${repository} is not in the mirror.`,
    { where: repository, remedy: 'Fetch it first.' },
  );
}

function tooLarge(repository: string, maxBytes: number): MeshwrightError {
  return new MeshwrightError(
    'REPOSITORY_REFUSED',
    `Repository ${repository} needs more than ${Math.round(maxBytes / 1024 ** 2)} MiB of disk.`,
    {
      where: repository,
      remedy: 'Keep patterns in a repository of their own, or allow the mirror more space.',
    },
  );
}
