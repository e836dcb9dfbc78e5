/** The units that the answers of golden-signal queries have. */
export type SignalUnit = 'requests/s' | 'share' | 'ms' | 's' | 'cores' | 'bytes' | '1/s';

/**
 * One query in PromQL, as data. Where it needs to know something it has a placeholder, always inside a string of PromQL
 * but for the window, which stands where a range is written:
 * `{{namespace}}` and `{{workload}}` as they are, `{{workload:pattern}}` inside a regular expression, `{{window}}`.
 * No answer, or one that is not a number, means that there is nothing to measure: it is never zero.
 */
export interface SignalQuery {
  /** For people, such as `Requests`. */
  title: string;
  unit: SignalUnit;
  promql: string;
}

/** Where the names of namespaces and workloads are found that have telemetry. */
export interface SignalSubjects {
  /** A selector of PromQL. */
  series: string;
  /** The label with the name of the namespace, and of the workload. */
  namespaceLabel: string;
  workloadLabel: string;
}

/** How a mesh is asked for its golden signals. */
export interface GoldenSignals {
  subjects: SignalSubjects;
  queries: GoldenQueries;
}

/**
 * The golden signals of one workload and of the control plane (Site Reliability Engineering, "Monitoring Distributed
 * Systems": traffic, errors, latency, saturation), each of one number.
 */
export interface GoldenQueries {
  requestRate: SignalQuery;
  /** The share of requests that failed, from 0 to 1. */
  errorShare: SignalQuery;
  latencyP50: SignalQuery;
  latencyP90: SignalQuery;
  latencyP99: SignalQuery;
  /** Of the proxies that carry the workload's requests. */
  proxyCpu: SignalQuery;
  proxyMemory: SignalQuery;
  controlPlaneCpu: SignalQuery;
  controlPlaneMemory: SignalQuery;
  /** How long a changed configuration takes to reach the proxies; 99th percentile. */
  configurationDelay?: SignalQuery;
  /** Configurations that proxies refused. */
  configurationRejects?: SignalQuery;
}

/** What a query is asked about. */
export interface SignalParameters {
  namespace: string;
  workload: string;
  /** Over which time rates are taken; whole seconds, at least one. */
  windowSeconds: number;
}

/** What is put in the place of each placeholder, exactly as given. */
export interface PlaceholderTexts {
  namespace: string;
  workload: string;
  workloadPattern: string;
  window: string;
}

const placeholder = /\{\{(namespace|workload:pattern|workload|window)\}\}/g;

/**
 * The query about one workload. Whatever a name contains, it stays inside the string it was put into.
 * @throws RangeError when the window is not a positive whole number of seconds.
 */
export function fillQuery(
  { promql }: Pick<SignalQuery, 'promql'>,
  { namespace, workload, windowSeconds }: SignalParameters,
): string {
  if (!Number.isSafeInteger(windowSeconds) || windowSeconds < 1) {
    throw new RangeError(`A window is a positive whole number of seconds, not ${windowSeconds}.`);
  }
  return replacePlaceholders(promql, {
    namespace: inString(namespace),
    workload: inString(workload),
    workloadPattern: inString(inPattern(workload)),
    window: `${windowSeconds}s`,
  });
}

/** The query with texts that are trusted, such as the variables of a dashboard; nothing is escaped. */
export function replacePlaceholders(promql: string, texts: PlaceholderTexts): string {
  return promql.replaceAll(placeholder, (_whole, name: string) => textFor(name, texts));
}

function textFor(name: string, { namespace, workload, workloadPattern, window }: PlaceholderTexts): string {
  if (name === 'namespace') return namespace;
  if (name === 'workload') return workload;
  return name === 'window' ? window : workloadPattern;
}

/** As PromQL writes it between double quotes: its escapes are those of Go. */
function inString(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

/** As RE2 writes what it takes for itself (Go, `regexp.QuoteMeta`). */
function inPattern(text: string): string {
  return text.replaceAll(/[\\.+*?()|[\]{}^$]/g, '\\$&');
}
