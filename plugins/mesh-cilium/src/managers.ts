import type { KubernetesObject } from '@meshwright/model';
import { type KnownManagers, managerOf as managerAmong } from '@meshwright/plugin-sdk';

export const ciliumOperator = 'cilium-olm';
export const cloudProvider = 'the cloud provider';

/** What makes certificates in the cluster, by the field manager of its program. */
export const certificateMaker = 'cilium-certgen';

/**
 * Who keeps or writes objects of Cilium. Its command line has used Helm's library since 0.15, and so is `helm`; before it
 * applied under the name of its program.
 */
const known: KnownManagers = {
  operators: { 'cilium.io': ciliumOperator },
  installers: { cilium: 'cilium-cli' },
  bystanders: [
    'cilium-agent',
    'cilium-operator',
    'cilium-operator-generic',
    'cilium-operator-aws',
    'cilium-operator-azure',
    'cilium-operator-alibabacloud',
    'spire-server',
  ],
};

/** Labels by which clusters of a provider say that it writes an object again and again. */
const providerLabels = ['kubernetes.azure.com/managedby', 'addonmanager.kubernetes.io/mode'];

/** Who keeps an object. */
export function managerOf(object: KubernetesObject): string {
  const { labels = {} } = object.metadata;
  if (providerLabels.some((label) => label in labels)) return cloudProvider;
  return managerAmong(object, known);
}
