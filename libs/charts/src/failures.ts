import { type ChartRequest, type ErrorDetails, MeshwrightError } from '@meshwright/model';
import type { HelmResult } from './helm.ts';

/** Helm's own words, or what there is to say when it could not speak. */
export function helmMessage({ outcome, stderr }: HelmResult): string {
  if (outcome === 'timed-out') return 'Helm took too long';
  if (outcome === 'too-much-output') return 'the chart renders more than 64 MiB';
  return (
    stderr.replace(/^Error: /, '').replace(/\s*Use --debug flag to render out invalid YAML\s*$/, '') ||
    'no reason given'
  );
}

/** The failure of `helm template`, with Helm's message, cleared of what the values hold under secret-like keys. */
export function renderFailed(request: ChartRequest, result: HelmResult): MeshwrightError {
  const message = redact(helmMessage(result), secretsOf(request.values));
  return new MeshwrightError(
    'CHART_RENDER_FAILED',
    `Chart ${request.chart} ${request.version} cannot be rendered: ${message}`,
    {
      where: `values.${request.chart}`,
      remedy: `Mend the values of chart "${request.chart}" in the pattern; "helm show values" lists what it takes.`,
    },
  );
}

/** The failure to get a chart from its source. */
export function unavailable(message: string, details: ErrorDetails, cause?: unknown): MeshwrightError {
  return new MeshwrightError(
    'CHART_UNAVAILABLE',
    message,
    details,
    cause === undefined ? undefined : { cause },
  );
}

/** The failure of a source that answered and does not have the chart: asking again does not help. */
export function missing(message: string, details: ErrorDetails): MeshwrightError {
  return new MeshwrightError('CHART_MISSING', message, details);
}

/** What to do about a repository that did not answer, from Helm's words for it. */
export function remedyFor(message: string): string {
  if (/no such host|lookup |cannot be resolved/.test(message))
    return 'Check the name of the host, and that this machine can resolve it.';
  if (/x509|certificate|tls:/.test(message)) {
    return 'Check the certificate of the repository; SSL_CERT_FILE names further authorities to trust.';
  }
  if (
    /connection (was )?refused|connection broke|i\/o timeout|network is unreachable|took too long/.test(
      message,
    )
  ) {
    return 'Check that the repository is up and reachable from here, or set HTTPS_PROXY.';
  }
  if (/401|403|denied|unauthorized/i.test(message))
    return 'The repository wants credentials; use one that is public here.';
  return 'Check the address of the chart source.';
}

const secretKey = /pass|secret|token|key|cert|credential|auth/i;
const shortestSecret = 4;

function secretsOf(value: unknown, underSecretKey = false): string[] {
  if (typeof value === 'string') return underSecretKey && value.length >= shortestSecret ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    secretsOf(inner, underSecretKey || secretKey.test(key)),
  );
}

function redact(text: string, secrets: string[]): string {
  return secrets.reduce((result, secret) => result.replaceAll(secret, '[redacted]'), text);
}
