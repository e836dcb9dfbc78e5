import { coerce, parse } from 'semver';
import { tagOfImage } from '@meshwright/plugin-sdk';

/** The oldest version that was rendered with this plugin; older charts have other values and other stages. */
export const oldestVersion = '1.19.0';
/** The newest minor version that was. */
export const newestTried = { major: 1, minor: 20 };

/** The Cilium version that an image names by its tag, such as `quay.io/cilium/cilium:v1.20.2@sha256:…`. */
export function versionOfImage(image: string): string | undefined {
  const tag = tagOfImage(image);
  return tag === undefined ? undefined : (parse(tag)?.version ?? undefined);
}

/** The version that the label `helm.sh/chart` names, such as `cilium-1.20.2`. */
export function versionOfChartLabel(label: string): string | undefined {
  return parse(label.replace(/^cilium-/, ''))?.version;
}

/** `1.20` of `1.20.2`, as the chart's `upgradeCompatibility` wants it; undefined for what is no version. */
export function minorOf(version: string): string | undefined {
  const parsed = coerce(version);
  return parsed === null ? undefined : `${parsed.major}.${parsed.minor}`;
}
