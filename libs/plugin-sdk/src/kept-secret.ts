import { keptAnnotation, type KeptSecret, type KubernetesObject } from '@meshwright/model';

/** A Secret of the mesh whose content is what the engine keeps; a plan has it without the content. */
export function secretFrom(
  kept: Pick<KeptSecret, 'mark'>,
  secret: { namespace: string; name: string; type: string; labels?: Record<string, string> },
): KubernetesObject {
  const { namespace, name, type, labels } = secret;
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type,
    metadata: {
      name,
      namespace,
      ...(labels === undefined ? {} : { labels }),
      annotations: { [keptAnnotation]: kept.mark },
    },
  };
}
