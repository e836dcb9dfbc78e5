/** Why no answer came, as far as the error tells. */
export interface ConnectionFailure {
  /** In words people are shown; absent where the error is none of a connection. */
  reason?: string;
  /** Whether it was the server's certificate: that does not pass by itself. */
  certificate: boolean;
}

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

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ENOTFOUND: 'its host name cannot be resolved',
  EAI_AGAIN: 'its host name cannot be resolved',
  UND_ERR_CONNECT_TIMEOUT: 'connecting took too long',
  ETIMEDOUT: 'connecting took too long',
  UND_ERR_HEADERS_TIMEOUT: 'its answer took too long',
  UND_ERR_BODY_TIMEOUT: 'its answer took too long',
  ECONNRESET: 'the connection broke',
  EPIPE: 'the connection broke',
  UND_ERR_SOCKET: 'the connection broke',
};

/** Reads what Node and undici throw where a request got no answer. */
export function connectionFailure(error: unknown): ConnectionFailure {
  for (const inner of chainOf(error)) {
    const code = 'code' in inner ? String(inner.code) : '';
    if (certificateCodes.has(code)) {
      return { reason: `its certificate is not trusted (${code}: ${inner.message})`, certificate: true };
    }
    const reason = Object.hasOwn(reasons, code) ? reasons[code] : undefined;
    if (reason !== undefined) return { reason, certificate: false };
  }
  return { certificate: false };
}

/** The error with its causes and, for a host with several addresses, what happened at the first. */
function chainOf(error: unknown): Error[] {
  const chain: Error[] = [];
  let current: unknown = error;
  while (current instanceof Error && chain.length < 10) {
    chain.push(current);
    current = current instanceof AggregateError ? (current.errors as unknown[])[0] : current.cause;
  }
  return chain;
}
