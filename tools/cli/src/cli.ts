import { CommanderError } from '@commander-js/extra-typings';
import { isMeshwrightError, MeshwrightError, messageOf } from '@meshwright/model';
import { ExitCode, exitCodeOfError } from './exit-code.ts';
import type { Host } from './host.ts';
import { createProgram } from './program.ts';
import { errorToJson, renderError } from './render/errors.ts';
import { createStyle, wantsColor } from './render/style.ts';
import { createSession, type OwnedSession } from './session.ts';

/** Runs one command line (without the program's own name) and gives its exit code; never throws. */
export async function runCli(args: readonly string[], host: Host): Promise<ExitCode> {
  const session = createSession(host);
  try {
    const program = await createProgram(session, args);
    await program.parseAsync(args, { from: 'user' });
    return session.exitCode();
  } catch (error) {
    return await report(error, session, args);
  } finally {
    await session.close();
  }
}

async function report(error: unknown, session: OwnedSession, args: readonly string[]): Promise<ExitCode> {
  // Commander has printed help, the version or what is wrong with the arguments.
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.done : ExitCode.invalid;
  const { host, options } = session;
  if (host.interrupted.aborted) return ExitCode.interrupted;
  const known = await describe(error);
  if (options.json) session.printJson(errorToJson(known));
  const color = wantsColor({ flag: options.color, isTerminal: host.stderr.isTerminal, env: host.env });
  session.tell(renderError(known, createStyle(color)));
  if (!isMeshwrightError(known)) {
    session.tell([`This is a defect of \`meshwright ${args[0] ?? ''}\`; MESHWRIGHT_DEBUG=1 shows where.`]);
    if (host.env.MESHWRIGHT_DEBUG === '1' && error instanceof Error) session.tell([error.stack ?? '']);
    return ExitCode.failed;
  }
  return exitCodeOfError(known.code);
}

/** gRPC status codes of a server that cannot be reached (https://grpc.io/docs/guides/status-codes/). */
const unreachable: ReadonlySet<number> = new Set([4, 14]);

/** Temporal's errors of transport in our words; everything else as it is. */
async function describe(error: unknown): Promise<unknown> {
  if (isMeshwrightError(error) && error.cause === undefined) return error;
  // Loaded only here, and long since where Temporal was asked: it takes longer to load than most commands.
  const { isGrpcServiceError } = await import('@temporalio/client');
  const inner = error instanceof Error && isGrpcServiceError(error.cause) ? error.cause : error;
  if (!isGrpcServiceError(inner) || !unreachable.has(inner.code)) return error;
  return new MeshwrightError(
    'TEMPORAL_UNREACHABLE',
    `Temporal did not answer: ${messageOf(inner)}`,
    { remedy: '`meshwright doctor` checks every connection.' },
    { cause: error },
  );
}
