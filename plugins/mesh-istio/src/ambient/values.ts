import type { ChartName } from '../names.ts';
import { defaultRevision } from '../revisions.ts';

/**
 * What ambient mode sets in the charts' values: istiod's profile, the CNI agent's redirection, and which control plane
 * the node proxies ask. They ask one revision and not its tag, for istiod's certificate names no tag (`getDNSNames` of
 * pilot/pkg/bootstrap in istio/istio); so every upgrade replaces them.
 */
export function ambientValues(chart: ChartName, revision: string): Record<string, unknown> {
  switch (chart) {
    case 'istiod':
      return { profile: 'ambient' };
    case 'cni':
      return { profile: 'ambient', ambient: { enabled: true } };
    case 'ztunnel':
      return revision === defaultRevision ? {} : { revision };
    default:
      return {};
  }
}
