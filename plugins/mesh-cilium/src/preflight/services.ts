import { valueAt } from '@meshwright/plugin-sdk';
import { hasKubeProxy } from '../kube-proxy.ts';
import { chart } from '../names.ts';
import { fine, type Rule } from './finding.ts';

/** Where agents find the API server without a Service. */
const addresses = ['k8sServiceHost', 'k8sServiceHostRef.name', 'k8s.apiServerURLs'];

/** Somebody serves the cluster's Services, that of its API among them, before the agents do. */
export const services: Rule = {
  title: 'Services are served while agents start',
  look: async ({ snapshot }, _target, cluster) => {
    if (await hasKubeProxy(cluster)) return fine('kube-proxy is there');
    const values = snapshot.pattern.spec.mesh.values[chart];
    const isReplaced = String(valueAt(values, 'kubeProxyReplacement')) === 'true';
    const isKnown = addresses.some((path) => (valueAt(values, path) ?? '') !== '');
    const warnings = [
      ...(isReplaced
        ? []
        : ['no kube-proxy is there, and kubeProxyReplacement is not true: who serves Services?']),
      ...(isKnown
        ? []
        : ['no kube-proxy is there, and k8sServiceHost is not set: agents may not find the API server']),
    ];
    return { ...fine('Cilium replaces kube-proxy'), warnings };
  },
};
