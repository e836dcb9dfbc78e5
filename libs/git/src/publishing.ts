import { remoteEnvironment } from './environment.ts';
import { pushFailure } from './failures.ts';
import { authenticate, type Context, holds, notFetched } from './fetching.ts';
import { inTurn, mirrorFor, prepareHome } from './mirror.ts';
import { requireBranch, requireCommit } from './names.ts';
import { runGitGroup } from './process.ts';

/** What became of a branch that should be new: `present` when there is one of that name already. */
export type Published = 'created' | 'present';

const pushTimeoutMs = 60_000;

/**
 * Git hands this to a shell on this machine, with the repository's path behind it. What lies in a directory is not run
 * for being pushed to; a server's own hooks are the server's business.
 */
const localReceivePack = 'git -c core.hooksPath=/dev/null receive-pack';

/** See `Repository.publish`. */
export async function publishCommit(
  context: Context,
  commit: string,
  branch: string,
  signal: AbortSignal | undefined,
): Promise<Published> {
  requireCommit(commit);
  requireBranch(branch);
  const { options, remote } = context;
  const mirror = mirrorFor(options.mirrorDirectory, commit);
  return inTurn(mirror.directory, async () => {
    if (!(await holds(mirror, commit))) throw notFetched(options.name, commit);
    const home = await prepareHome(options.mirrorDirectory);
    const authentication = await authenticate(context);
    const result = await runGitGroup(pushArguments(commit, branch, remote.transport === 'file'), {
      environment: remoteEnvironment(home, remote, authentication, mirror.directory),
      directory: mirror.directory,
      timeoutMs: pushTimeoutMs,
      signal,
    });
    if (result.code === 0) return 'created';
    if (/\[rejected\].*\(stale info\)/.test(result.stderr)) return 'present';
    throw pushFailure(result.stderr, options.name, authentication.secrets);
  });
}

/** The lease expects that the branch is not there: nothing that exists is moved. */
function pushArguments(commit: string, branch: string, isLocal: boolean): string[] {
  const ref = `refs/heads/${branch}`;
  return [
    'push',
    '--quiet',
    '--no-verify',
    '--no-follow-tags',
    '--no-signed',
    '--recurse-submodules=no',
    `--force-with-lease=${ref}:`,
    ...(isLocal ? [`--receive-pack=${localReceivePack}`] : []),
    '--end-of-options',
    'origin',
    `${commit}:${ref}`,
  ];
}
