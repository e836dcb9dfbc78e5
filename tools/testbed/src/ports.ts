import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

import { MeshwrightError } from '@meshwright/model';

/** Below the range that systems give to outgoing connections, and below Kubernetes' node ports (30000-32767). */
const LOWEST = 15_000;
const HIGHEST = 29_999;
const ATTEMPTS = 200;

/**
 * One free port for each name, the preferred one where it is still free (so that addresses survive a restart).
 *
 * @throws MeshwrightError `NOT_READY` when no free port is found.
 */
export async function allocatePorts<Name extends string>(
  names: readonly Name[],
  preferred: Readonly<Record<string, number>> = {},
): Promise<Record<Name, number>> {
  const ports: Partial<Record<Name, number>> = {};
  const taken = new Set<number>();
  for (const name of names) {
    const wanted = preferred[name];
    const port =
      wanted !== undefined && !taken.has(wanted) && (await isFree(wanted)) ? wanted : await findFree(taken);
    taken.add(port);
    ports[name] = port;
  }
  return ports as Record<Name, number>;
}

async function findFree(taken: ReadonlySet<number>): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = randomInt(LOWEST, HIGHEST + 1);
    if (!taken.has(port) && (await isFree(port))) return port;
  }
  throw new MeshwrightError(
    'NOT_READY',
    `none of ${ATTEMPTS} ports between ${LOWEST} and ${HIGHEST} is free`,
  );
}

/** True when nothing listens on the port, on any address. */
function isFree(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const server = createServer();
  server.once('error', () => resolve(false));
  server.listen({ port, host: '0.0.0.0', exclusive: true }, () => server.close(() => resolve(true)));
  return promise;
}
