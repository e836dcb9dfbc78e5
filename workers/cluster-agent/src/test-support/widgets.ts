import type { KubernetesObject } from '@meshwright/model';

/** The group of a kind that no other test has. */
export function ownGroup(namespace: string): string {
  return `${namespace}.example.com`;
}

/** The definition of a namespaced kind `Widget`, and objects of it in a namespace. */
export function widgets(
  group: string,
  namespace: string,
): { definition: KubernetesObject; widget: (name: string) => KubernetesObject } {
  const schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  return {
    definition: {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `widgets.${group}` },
      spec: {
        group,
        scope: 'Namespaced',
        names: { plural: 'widgets', kind: 'Widget' },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
      },
    },
    widget: (name) => ({ apiVersion: `${group}/v1`, kind: 'Widget', metadata: { name, namespace } }),
  };
}
