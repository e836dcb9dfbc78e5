import { MeshwrightError } from '@meshwright/model';
import { type Access } from './access.ts';

const certificateCodes = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** The error of a request that got no answer: says which cluster, its address, and why. */
export function unreachable(access: Pick<Access, 'name' | 'server'>, cause: unknown): MeshwrightError {
  const reason = typeof cause === 'string' ? cause : reasonOf(cause);
  return new MeshwrightError(
    'CLUSTER_UNREACHABLE',
    `The cluster "${access.name}" at ${access.server.origin} cannot be reached: ${reason}.`,
    { where: `cluster ${access.name}`, remedy: remedyOf(cause) },
    typeof cause === 'string' ? {} : { cause },
  );
}

function reasonOf(error: unknown): string {
  for (const inner of chainOf(error)) {
    const code = 'code' in inner ? String(inner.code) : '';
    if (certificateCodes.has(code)) return `its certificate is not trusted (${code}: ${inner.message})`;
    if (code === 'ECONNREFUSED') return 'the connection was refused';
    if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'its host name cannot be resolved';
    if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT') return 'connecting took too long';
    if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT')
      return 'its answer took too long';
    if (code === 'ECONNRESET' || code === 'UND_ERR_SOCKET') return 'the connection broke';
  }
  return error instanceof Error ? error.message : String(error);
}

function remedyOf(cause: unknown): string {
  const certificate = chainOf(cause).some(
    (error) => 'code' in error && certificateCodes.has(String(error.code)),
  );
  return certificate
    ? "Put the certificate authority of the API server into the kubeconfig's certificate-authority-data."
    : 'Check that the API server runs, that its address is right and that nothing between blocks it.';
}

/** The error with its causes and, for a host with several addresses, what happened at each. */
function chainOf(error: unknown): Error[] {
  const chain: Error[] = [];
  let current: unknown = error;
  while (current instanceof Error && chain.length < 10) {
    chain.push(current);
    current = current instanceof AggregateError ? (current.errors as unknown[])[0] : current.cause;
  }
  return chain;
}
