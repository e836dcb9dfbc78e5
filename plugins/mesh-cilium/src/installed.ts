import type { Installation } from '@meshwright/plugin-sdk';

/** An installation in words. */
export function describe({ version, namespace, managedBy }: Installation): string {
  return `Cilium ${version} in ${namespace}, kept by ${managedBy}`;
}
