import { formatReference, type KubernetesObject, MeshwrightError, referenceOf } from '@meshwright/model';

/**
 * Plans are stored as evidence, and no evidence holds a secret.
 * @throws MeshwrightError UNSUPPORTED when an object is a Secret that carries data.
 */
export function refuseSecrets(objects: readonly KubernetesObject[]): void {
  const secrets = objects.filter(
    (object) => object.kind === 'Secret' && ('data' in object || 'stringData' in object),
  );
  if (secrets.length === 0) return;
  throw new MeshwrightError('UNSUPPORTED', 'The plan would hold Secrets.', {
    lines: secrets.map((secret) => formatReference(referenceOf(secret))),
    remedy: 'Create these Secrets by other means (a secrets operator, kubectl), and refer to them by name.',
  });
}
