import { formatReference, type KubernetesObject, MeshwrightError, referenceOf } from '@meshwright/model';

/**
 * Plans are stored as evidence, and no evidence holds a secret.
 * @throws MeshwrightError UNSUPPORTED when an object is a Secret that carries data.
 */
export function refuseSecrets(objects: readonly KubernetesObject[]): void {
  const secrets = objects.filter(
    (object) => isSecret(object) && ('data' in object || 'stringData' in object),
  );
  if (secrets.length === 0) return;
  throw new MeshwrightError('UNSUPPORTED', 'The plan would hold Secrets.', {
    lines: secrets.map((secret) => formatReference(referenceOf(secret))),
    remedy: 'Create these Secrets by other means (a secrets operator, kubectl), and refer to them by name.',
  });
}

/** Whether an object's content is never written down, as it is live. */
export function isSecret({ apiVersion, kind }: Pick<KubernetesObject, 'apiVersion' | 'kind'>): boolean {
  return kind === 'Secret' && apiVersion === 'v1';
}
