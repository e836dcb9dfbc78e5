import { connectionFailure } from '@meshwright/http';
import { MeshwrightError, messageOf } from '@meshwright/model';
import { type Access } from './access.ts';

/** The error of a request that got no answer: says which cluster, its address, and why. */
export function unreachable(access: Pick<Access, 'name' | 'server'>, cause: unknown): MeshwrightError {
  const { reason = messageOf(cause), certificate } = connectionFailure(cause);
  return new MeshwrightError(
    'CLUSTER_UNREACHABLE',
    `The cluster "${access.name}" at ${access.server.origin} cannot be reached: ${reason}.`,
    {
      where: `cluster ${access.name}`,
      remedy: certificate
        ? "Put the certificate authority of the API server into the kubeconfig's certificate-authority-data."
        : 'Check that the API server runs, that its address is right and that nothing between blocks it.',
    },
    typeof cause === 'string' ? {} : { cause },
  );
}
