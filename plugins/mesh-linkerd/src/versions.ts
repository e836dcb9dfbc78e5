import { compare, lte, parse } from 'semver';

/**
 * The edge release that each line of Linkerd's versions ends with, by the charts of its edge release: since 2024 the
 * project ships nothing but these (linkerd.io, "Releases and Versions"; tags `version-2.…` of linkerd/linkerd2).
 */
const lines: readonly { minor: number; last: string }[] = [
  { minor: 15, last: '2024.2.4' },
  { minor: 16, last: '2024.8.2' },
  { minor: 17, last: '2024.11.8' },
  { minor: 18, last: '2025.4.4' },
  { minor: 19, last: '2025.10.7' },
  { minor: 20, last: '2026.6.3' },
];

/**
 * The oldest version this plugin installs. With 2.18 the chart `linkerd-crds` lets the Gateway API's CRDs be somebody
 * else's (its value `installGatewayAPI`).
 */
export const oldestVersion = '2025.4.4';

/** The newest version that was tried with this plugin. */
export const newestTried = '2026.8.3';

/** The line of versions that a release belongs to; what is newer than the last known line counts to the one after it. */
export function lineOf(version: string): { major: number; minor: number } {
  const line = lines.find(({ last }) => lte(version, last));
  return { major: 2, minor: line?.minor ?? (lines.at(-1)?.minor ?? 0) + 1 };
}

/** The chart's version of an edge release, `edge-26.8.3` or `26.8.3` is `2026.8.3`; undefined for any other text. */
export function versionOfEdge(text: string): string | undefined {
  const [, year, month, number] = /^(?:edge-)?(\d\d)\.(\d{1,2})\.(\d+)$/.exec(text) ?? [];
  return year === undefined ? undefined : `20${year}.${Number(month)}.${Number(number)}`;
}

/** The edge release of a chart's version: `2026.8.3` is `edge-26.8.3`. */
export function edgeOfVersion(version: string): string {
  const { major = 0, minor = 0, patch = 0 } = parse(version) ?? {};
  return `edge-${major % 100}.${minor}.${patch}`;
}

/** Whether `to` is older than `from`. */
export function isOlder(to: string, from: string): boolean {
  return compare(to, from) < 0;
}
