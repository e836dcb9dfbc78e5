import { isIP } from 'node:net';
import { type Digest, MeshwrightError, messageOf } from '@meshwright/model';

/** Where charts come from: a chart repository, an OCI registry's folder (`oci://host/path`), or a directory. */
export type ChartSource = { repository: string } | { oci: string } | { directory: string };

/** A chart that no longer changes: a file or folder of the cache, named by its content. */
export interface ChartArchive {
  path: string;
  digest: Digest;
}

/** Finds charts of one source. */
export interface ChartArchives {
  /** @throws MeshwrightError CHART_UNAVAILABLE, CHART_MISSING or CHART_REFUSED. */
  find(chart: string, version: string, signal: AbortSignal | undefined): Promise<ChartArchive>;
  /** What the source answers now. @throws MeshwrightError CHART_UNAVAILABLE. */
  available(signal: AbortSignal | undefined): Promise<string>;
}

/**
 * Refuses a source that is no address, or that carries credentials, or that is plain text beyond this machine.
 * @throws MeshwrightError INVALID_CONFIGURATION.
 */
export function checkSource(source: ChartSource): void {
  if ('directory' in source) {
    if (source.directory === '') throw refused('The chart directory is empty.', 'Name a directory.');
    return;
  }
  const [address, schemes] =
    'repository' in source ? [source.repository, ['https:', 'http:']] : [source.oci, ['oci:']];
  const url = parse(address);
  if (!schemes.includes(url.protocol)) {
    throw refused(
      `A chart source begins with ${schemes.join(' or ')}, and not with ${url.protocol}.`,
      'Mend it.',
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw refused('A chart source carries a user or a password.', 'Take the credentials out of the address.');
  }
  if (url.search !== '' || url.hash !== '') {
    throw refused('A chart source has a query or a fragment.', 'Leave only the host and the path.');
  }
  if (url.protocol === 'http:' && !isLoopback(url)) {
    throw refused(`The chart repository ${url.host} is asked in plain text.`, 'Use https.');
  }
}

/** True for addresses that stay on this machine. */
export function isLoopback(url: URL): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) === 4) return host.startsWith('127.');
  return host === '::1' || host === 'localhost';
}

function parse(address: string): URL {
  try {
    return new URL(address);
  } catch (error) {
    throw refused(
      `The chart source is not an address: ${messageOf(error)}.`,
      'Write it as https://host/path.',
    );
  }
}

function refused(message: string, remedy: string): MeshwrightError {
  return new MeshwrightError('INVALID_CONFIGURATION', message, { remedy });
}
