import { coerce } from 'semver';
import { minorOf } from '../versions.ts';
import { fine, type Rule } from './finding.ts';

/** The minor versions of Kubernetes 1 that a minor version is tested with (Kubernetes Compatibility in Cilium's documentation). */
const tested = new Map<string, { oldest: number; newest: number }>([
  ['1.19', { oldest: 32, newest: 35 }],
  ['1.20', { oldest: 33, newest: 36 }],
]);

/** Cilium was tested with the cluster's Kubernetes. The others mostly work, so they are no reason to refuse. */
export const kubernetesVersion: Rule = {
  title: 'Kubernetes is of a version that this Cilium was tested with',
  look: async (_change, { version }, cluster) => {
    const kubernetes = coerce(await cluster.version());
    const looked = `Kubernetes ${kubernetes?.version ?? 'of an unknown version'}`;
    const range = tested.get(minorOf(version) ?? '');
    if (kubernetes === null || range === undefined) {
      return { ...fine(looked), warnings: [`nothing is known here of Cilium ${version} on ${looked}`] };
    }
    if (kubernetes.minor >= range.oldest && kubernetes.minor <= range.newest) return fine(looked);
    const span = `1.${range.oldest} to 1.${range.newest}`;
    return {
      ...fine(looked),
      warnings: [`Cilium ${version} is tested with Kubernetes ${span}, and this is ${looked}`],
    };
  },
};
