const option = '--max-semi-space-size';
const megabytes = 4;

/**
 * Replaces this process by one with the same id whose V8 keeps the young part of its heap small, unless it was started
 * with a size for it. V8 lets that part grow by tens of megabytes in every thread that is busy for a moment, and seldom
 * gives them back: it is what keeps the engine below 400 MB (docs/benchmarks.md, memory). The size can only be set when
 * a process begins. Where processes cannot be replaced (Windows), all goes on as it is.
 */
export function withSmallYoungHeap(): void {
  const given = [...process.execArgv, process.env.NODE_OPTIONS ?? ''];
  if (given.some((text) => text.includes(option))) return;
  // A parent that talks to this process over a channel would lose it.
  if (process.execve === undefined || process.platform === 'win32' || process.channel !== undefined) return;
  const { execPath, execArgv, argv, env } = process;
  process.execve(
    execPath,
    [execPath, ...execArgv, `${option}=${megabytes}`, ...argv.slice(1)],
    definedOnly(env),
  );
}

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
