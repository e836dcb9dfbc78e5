import type { Installation } from '@meshwright/plugin-sdk';

/** An installation in words. */
export function describe({ version, revision, namespace, managedBy }: Installation): string {
  return `Istio ${version}, revision "${revision}", in ${namespace}, kept by ${managedBy}`;
}
