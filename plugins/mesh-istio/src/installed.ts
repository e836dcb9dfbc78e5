import type { Installation } from '@meshwright/plugin-sdk';

/** The version of an installation that says none. */
export const unknownVersion = 'unknown';

/** An installation in words. */
export function describe({ version, revision, namespace, managedBy }: Installation): string {
  return `Istio ${version}, revision "${revision}", in ${namespace}, kept by ${managedBy}`;
}
