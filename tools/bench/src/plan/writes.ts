import type { ClusterClient } from '@meshwright/cluster';
import { MeshwrightError } from '@meshwright/model';

/** How often the API server was asked to write, by verb and resource, since it started. */
export type WriteCounts = ReadonlyMap<string, number>;

const metric = /^apiserver_request_total\{(?<labels>.*)\} (?<count>[0-9.e+]+)$/;
const writeVerbs = ['APPLY', 'CREATE', 'DELETE', 'DELETECOLLECTION', 'PATCH', 'POST', 'PUT', 'UPDATE'];
/** What controllers and nodes write all the time, and questions that only look like a write (access reviews). */
const background = /^(events|leases|nodes|.*reviews)$/;
/** What controllers report of objects, and the tokens they get: a horizontalpodautoscaler's status changes by itself. */
const backgroundSubresource = /^(status|token)$/;

/**
 * Reads the API server's own metrics. Dry runs are not counted, nor what controllers and nodes write all the time.
 * @throws MeshwrightError INTERNAL when the server does not tell.
 */
export async function countWrites({ transport }: ClusterClient, signal: AbortSignal): Promise<WriteCounts> {
  const { status, body } = await transport.send({
    method: 'GET',
    path: '/metrics',
    headers: { accept: '*/*' },
    signal,
  });
  const counts = writesIn(body);
  if (status === 200 && counts.size > 0) return counts;
  throw new MeshwrightError('INTERNAL', `The API server does not tell its requests (${status}).`);
}

/** The writes in metrics of an API server, by `VERB resource`. */
export function writesIn(metrics: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of metrics.split('\n')) {
    const { labels = '', count = '' } = metric.exec(line)?.groups ?? {};
    const named = labelsOf(labels);
    const verb = named.get('verb') ?? '';
    const resource = named.get('resource') ?? '';
    const dryRun = named.get('dry_run') ?? '';
    if (!writeVerbs.includes(verb) || dryRun !== '' || background.test(resource)) continue;
    if (backgroundSubresource.test(named.get('subresource') ?? '')) continue;
    const key = `${verb} ${resource}`;
    counts.set(key, (counts.get(key) ?? 0) + Number(count));
  }
  return counts;
}

/** What was written between two readings; kinds of writes without any are left out. */
export function writesBetween(before: WriteCounts, after: WriteCounts): Record<string, number> {
  const grown = [...after].map(([key, count]) => [key, count - (before.get(key) ?? 0)] as const);
  return Object.fromEntries(grown.filter(([, count]) => count > 0));
}

function labelsOf(text: string): Map<string, string> {
  const pairs = text.matchAll(/(?<name>\w+)="(?<value>(?:[^"\\]|\\.)*)"/g);
  return new Map([...pairs].map(({ groups }) => [groups?.name ?? '', groups?.value ?? '']));
}
