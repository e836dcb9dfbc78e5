import { coerce, parse } from 'semver';
import { tagOfImage } from '@meshwright/plugin-sdk';

/** Suffixes that Istio gives to images of the same version. */
const variants = new Set(['distroless', 'debug']);

/**
 * The oldest version this plugin installs. Istio 1.24 is the first whose base chart brings its CRDs as ordinary
 * templates, so that the same render installs and changes them (Istio 1.24 upgrade notes).
 */
export const oldestVersion = '1.24.0';

/** The newest minor version that was tried with this plugin. */
export const newestTried = { major: 1, minor: 31 };

/** The Istio version that an image or a tag names; undefined for a digest or a name of its own, such as `latest`. */
export function versionOfImage(image: string): string | undefined {
  const tag = tagOfImage(image);
  return tag === undefined ? undefined : versionOfTag(tag);
}

/** As {@link versionOfImage}, of the tag alone: `1.31.0-distroless` is `1.31.0`. */
export function versionOfTag(tag: string): string | undefined {
  const version = parse(tag);
  if (version === null) return undefined;
  const isVariant = version.prerelease.length === 1 && variants.has(String(version.prerelease[0]));
  return isVariant ? `${version.major}.${version.minor}.${version.patch}` : version.version;
}

/** Whether two versions have the same numbers, whatever suffix a vendor gave them. */
export function sameNumbers(one: string, other: string): boolean {
  const [a, b] = [parse(one), parse(other)];
  return a !== null && b !== null && a.compareMain(b) === 0;
}

/** The minor version of a version of major version 1; undefined for any other, and for what is no version. */
export function minorOf(version: string): number | undefined {
  const parsed = coerce(version);
  return parsed?.major === 1 ? parsed.minor : undefined;
}
