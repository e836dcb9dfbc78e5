import { MeshwrightError } from '@meshwright/model';
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
import { requireCommit, requireRef } from './names.ts';
import { runGit } from './plumbing.ts';
import { type GitResult, runGitGroup } from './process.ts';
import type { SignaturePolicy } from './signature.ts';
import type { RemoteUrl } from './url.ts';

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

/** An opened repository, as the functions of this package hand it to each other. */
export interface Context {
  options: RepositoryOptions;
  remote: RemoteUrl;
}

/** What Git needs to log in now. */
export async function authenticate({ options, remote }: Context): Promise<Authentication> {
  return authenticationFor(remote, await options.credentials?.());
}

const depths = [50, 2000] as const;
const localTimeoutMs = 60_000;

/** See `Repository.fetch` and `Repository.fetchFrom`. */
export async function fetchCommit(
  context: Context,
  commit: string,
  signal: AbortSignal | undefined,
  ref?: string,
): Promise<void> {
  requireCommit(commit);
  if (ref !== undefined) requireRef(ref);
  const mirror = mirrorFor(context.options.mirrorDirectory, commit);
  await inTurn(mirror.directory, async () => {
    if (await holds(mirror, commit)) return;
    if (ref !== undefined) {
      await fetchWanted(context, mirror, ref, { sha256: commit.length === 64, signal });
      if (await holds(mirror, commit)) return;
    }
    await fetchHistory(context, mirror, commit, signal);
  });
}

/** Fetches a commit with some of its ancestors. Only in turn: it clears what another fetch would be writing. */
export async function fetchHistory(
  context: Context,
  mirror: Mirror,
  commit: string,
  signal: AbortSignal | undefined,
  depth: number = depths[0],
): Promise<void> {
  await fetchWanted(context, mirror, commit, { sha256: commit.length === 64, signal, depth });
}

interface FetchOptions {
  /** Whether the mirror is one of SHA-256 ids. */
  sha256: boolean;
  signal: AbortSignal | undefined;
  depth?: number;
}

/** Fetches what a commit id or the full name of a ref stands for. */
async function fetchWanted(
  { options, remote }: Context,
  mirror: Mirror,
  wanted: string,
  { sha256, signal, depth = depths[0] }: FetchOptions,
): Promise<void> {
  const maxBytes = options.maxMirrorBytes ?? 2 * 1024 ** 3;
  const home = await prepareHome(options.mirrorDirectory);
  await prepareMirror(mirror, sha256, maxBytes);
  const authentication = await authenticate({ options, remote });
  const full = new AbortController();
  const unwatch = watchSize(mirror, maxBytes, () => full.abort(tooLarge(options.name, maxBytes)));
  try {
    const result = await runGitGroup(fetchArguments(wanted, depth), {
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

function fetchArguments(wanted: string, depth: number): string[] {
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
    `+${wanted}:${mirrorRef}`,
  ];
}

/** See `Repository.isAncestor`. */
export async function findAncestor(
  context: Context,
  ancestor: string,
  descendant: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  requireCommit(ancestor);
  requireCommit(descendant);
  const mirror = mirrorFor(context.options.mirrorDirectory, descendant);
  return inTurn(mirror.directory, () => reaches(context, mirror, { ancestor, descendant }, signal));
}

/** Whether one commit is an ancestor of a fetched other; fetches more history as needed. Only in turn. */
export async function reaches(
  context: Context,
  mirror: Mirror,
  { ancestor, descendant }: { ancestor: string; descendant: string },
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (await isReachable(mirror, ancestor, descendant)) return true;
  await deepen(context, mirror, descendant, signal);
  return isReachable(mirror, ancestor, descendant);
}

async function isReachable(mirror: Mirror, ancestor: string, descendant: string): Promise<boolean> {
  const { code } = await onMirror(mirror, ['merge-base', '--is-ancestor', ancestor, descendant]);
  return code === 0;
}

/** Fetches as much history of a commit as is looked at; nothing happens where all of it is there. Only in turn. */
export async function deepen(
  context: Context,
  mirror: Mirror,
  commit: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (await isShallow(mirror)) await fetchHistory(context, mirror, commit, signal, depths[1]);
}

async function isShallow(mirror: Mirror): Promise<boolean> {
  const { stdout } = await onMirror(mirror, ['rev-parse', '--is-shallow-repository']);
  return stdout.toString('utf8').trim() === 'true';
}

/** Whether the commit is in the mirror. */
export async function holds(mirror: Mirror, commit: string): Promise<boolean> {
  const { code } = await onMirror(mirror, ['cat-file', '-e', `${commit}^{commit}`]);
  return code === 0;
}

/** Runs a command on the mirror; one that is not made yet answers like one without the commit. */
export async function onMirror(
  mirror: Mirror,
  argv: readonly string[],
  outputLimit?: number,
): Promise<GitResult> {
  if (!(await isMade(mirror))) return { code: 128, stdout: Buffer.alloc(0), stderr: '' };
  return runGit(argv, {
    environment: mirror.environment,
    directory: mirror.directory,
    timeoutMs: localTimeoutMs,
    ...(outputLimit === undefined ? {} : { outputLimit }),
  });
}

/** What is said of a commit that is not in the mirror. */
export function notFetched(repository: string, commit: string): MeshwrightError {
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
