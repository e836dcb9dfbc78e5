import { minorOf } from '../../versions.ts';
import { type Look, type Rule } from '../finding.ts';

interface Support {
  /** The oldest minor version of Kubernetes 1 that Istio's installer takes. */
  oldest: number;
  /** The newest one it was released for; absent where none was published. */
  newest?: number;
}

/**
 * By minor version of Istio 1. Oldest: MinK8SVersion in istioctl/pkg/install/k8sversion of each release branch. Newest:
 * the table of supported releases on istio.io, and for 1.30 what the managed offerings that ship it list.
 */
const support = new Map<number, Support>([
  [24, { oldest: 28, newest: 31 }],
  [25, { oldest: 29, newest: 32 }],
  [26, { oldest: 29, newest: 33 }],
  [27, { oldest: 29, newest: 33 }],
  [28, { oldest: 30, newest: 34 }],
  [29, { oldest: 30, newest: 35 }],
  [30, { oldest: 32, newest: 36 }],
  [31, { oldest: 32, newest: 36 }],
]);

/** Kubernetes is of a version that this Istio was made for. */
export const kubernetesVersion: Rule = {
  id: 'kubernetes-version',
  title: 'Kubernetes is of a version that this Istio supports',
  needs: [],
  look: ({ kubernetes, mesh }): Look => {
    const looked = `Kubernetes ${kubernetes}`;
    const minor = minorOf(kubernetes);
    const range = support.get(minorOf(mesh.version) ?? -1);
    const about = (problem: string, remedy: string, blocks: boolean): Look => ({
      looked,
      findings: [{ object: looked, problem, remedy, blocks }],
    });
    if (minor === undefined || range === undefined) {
      const remedy = `look into the table of supported releases on istio.io for Istio ${mesh.version}`;
      return about(`nothing is known here of Istio ${mesh.version} on it`, remedy, false);
    }
    if (minor < range.oldest) {
      const problem = `Istio ${mesh.version} needs Kubernetes 1.${range.oldest} or newer`;
      return about(problem, 'upgrade the cluster first, or choose an older Istio', true);
    }
    if (range.newest === undefined || minor <= range.newest) return { looked, findings: [] };
    const problem = `Istio ${mesh.version} was released for Kubernetes up to 1.${range.newest}`;
    return about(problem, 'choose a newer Istio', false);
  },
};
