import type { KubernetesObject } from '@meshwright/model';
import { type KnownManagers, managerOf as managerAmong } from '@meshwright/plugin-sdk';

export const sailOperator = 'sail-operator';

/** Who keeps or writes objects of Istio; the field owner of `istioctl install` is in operator/pkg/install of istio/istio. */
const known: KnownManagers = {
  operators: { 'sailoperator.io': sailOperator, 'install.istio.io': 'istio-operator' },
  installers: { 'istio-operator': 'istioctl' },
  bystanders: ['pilot-discovery'],
};

/** Who keeps an object. */
export function managerOf(object: KubernetesObject): string {
  return managerAmong(object, known);
}
