import type { KubernetesObject } from '@meshwright/model';
import {
  type ForeignRules,
  type Installation,
  type KnownManagers,
  managerOf as managerAmong,
} from '@meshwright/plugin-sdk';

/** What says of an object of Linkerd which tool rendered it. */
export const createdBy = 'linkerd.io/created-by';

/** An installation in words. */
export function describe({ version, namespace, managedBy }: Installation): string {
  return `Linkerd ${version} in ${namespace}, kept by ${managedBy}`;
}

/** Who keeps or writes objects of Linkerd: it has no operator, and its programs write under these names. */
const known: KnownManagers = {
  operators: {},
  installers: {},
  bystanders: [
    'controller',
    'linkerd-destination',
    'linkerd-policy-controller',
    'policy-controller',
    'cainjector',
  ],
};

/** Who keeps an object; what `linkerd install` rendered and kubectl applied is `linkerd-cli`. */
export function managerOf(object: KubernetesObject): string {
  const manager = managerAmong(object, known);
  const tool = object.metadata.annotations?.[createdBy] ?? '';
  return manager === 'kubectl' && tool.startsWith('linkerd/cli') ? 'linkerd-cli' : manager;
}

/** What other tools keep of Linkerd. */
export const foreignRules: ForeignRules = {
  mesh: { name: 'Linkerd', one: 'A Linkerd' },
  describe,
  operators: {},
  versionRemedy:
    'Put its version into the label app.kubernetes.io/version of the Deployment linkerd-destination',
};
