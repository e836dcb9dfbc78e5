/** What of a version says how far another one is. */
export interface MinorVersion {
  major: number;
  minor: number;
}

/**
 * The minor versions, such as `1.29.x`, that a change has to stop at on its shortest way from one version to another when it
 * crosses at most `reach` at once, up or down; without both ends, so none where the way is direct. Undefined between major
 * versions, where there is no way.
 */
export function minorsBetween(from: MinorVersion, to: MinorVersion, reach: number): string[] | undefined {
  if (from.major !== to.major) return undefined;
  const direction = Math.sign(to.minor - from.minor);
  const distance = Math.abs(to.minor - from.minor);
  const stops: string[] = [];
  for (let crossed = reach; crossed < distance; crossed += reach) {
    stops.push(`${from.major}.${from.minor + direction * crossed}.x`);
  }
  return stops;
}

/** A warning of a version whose minor version is newer than the newest that was tried with this release; else none. */
export function untriedWarnings(
  mesh: string,
  version: (MinorVersion & { raw: string }) | null,
  { major, minor }: MinorVersion,
): string[] {
  if (version === null || version.major < major || (version.major === major && version.minor <= minor))
    return [];
  return [
    `${mesh} ${version.raw} is newer than ${major}.${minor}, the newest that was tried with this release.`,
  ];
}
