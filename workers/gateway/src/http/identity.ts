import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { GatewayConfig, OidcConfig, Secrets } from '@meshwright/config';
import { type Account, MeshwrightError } from '@meshwright/model';
import type { HttpPort } from '@meshwright/plugin-sdk';
import {
  createRemoteJWKSet,
  customFetch,
  errors,
  type JWTPayload,
  jwtVerify,
  type JWTVerifyGetKey,
} from 'jose';

/** Who speaks to the API. */
export interface Identities {
  /** @throws MeshwrightError UNAUTHENTICATED for whoever is not believed, with no word of why. */
  accountOf(authorization: string | undefined): Promise<Account>;
}

/** The service of accounts that are known by a token of the configuration. */
export const tokenService = 'api';
/** The service of accounts that an OpenID provider knows. */
export const oidcService = 'oidc';

/** Shorter tokens can be guessed: none is believed. */
export const shortestToken = 32;
const longestToken = 8 * 1024;

/** Asymmetric only: a secret that both sides know would let us sign, too. `none` is no algorithm here. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];

export interface IdentityOptions {
  gateway: Pick<GatewayConfig, 'tokens' | 'oidc'>;
  secrets: Secrets;
  http: HttpPort;
}

/** Believes the bearer tokens of a configuration. */
export function createIdentities({ gateway, secrets, http }: IdentityOptions): Identities {
  const provider = gateway.oidc === undefined ? undefined : openProvider(gateway.oidc, http);
  return {
    async accountOf(authorization) {
      const [, token] = /^Bearer ([A-Za-z0-9._~+/=-]+)$/i.exec(authorization ?? '') ?? [];
      if (token === undefined || token.length > longestToken) throw notBelieved();
      const name = await nameOf(token, gateway.tokens, secrets);
      if (name !== undefined) return { service: tokenService, id: name, name };
      if (provider === undefined || token.split('.').length !== 3) throw notBelieved();
      return { service: oidcService, id: await provider.subjectOf(token) };
    },
  };
}

function notBelieved(cause?: unknown): MeshwrightError {
  return new MeshwrightError(
    'UNAUTHENTICATED',
    'The request has no token that is believed.',
    {
      remedy:
        'Send a token of gateway.tokens, or one of the issuer under gateway.oidc, as Authorization: Bearer.',
    },
    { cause },
  );
}

/** Compares with every token, whichever fits: the time tells neither which nor how much of it. */
async function nameOf(
  given: string,
  tokens: GatewayConfig['tokens'],
  secrets: Secrets,
): Promise<string | undefined> {
  const key = randomBytes(32);
  const digest = (text: string): Buffer => createHmac('sha256', key).update(text).digest();
  const wanted = digest(given);
  let found: string | undefined;
  for (const { name, token } of tokens) {
    const known = await secrets.read(token);
    if (timingSafeEqual(digest(known), wanted) && known.length >= shortestToken) found = name;
  }
  return found;
}

interface Provider {
  subjectOf(token: string): Promise<string>;
}

function openProvider({ issuer, audience, claim }: OidcConfig, http: HttpPort): Provider {
  let keys: Promise<JWTVerifyGetKey> | undefined;
  const known = (): Promise<JWTVerifyGetKey> => {
    const finding = (keys ??= findKeys(issuer, http));
    finding.catch(() => {
      if (keys === finding) keys = undefined;
    });
    return finding;
  };
  return {
    async subjectOf(token) {
      const key = await known();
      const { payload } = await jwtVerify(token, key, {
        issuer: spellings(issuer),
        audience,
        algorithms,
        requiredClaims: ['exp', claim],
        clockTolerance: 30,
      }).catch((error: unknown) => {
        if (error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout))
          throw notBelieved(error);
        throw error;
      });
      return claimed(payload, claim);
    },
  };
}

/** An empty claim is nobody: whoever has it is refused, and not taken for a nameless account. */
function claimed(payload: JWTPayload, claim: string): string {
  const value = payload[claim];
  if (typeof value === 'string' && /^[^\s\p{C}](?:[^\p{C}]{0,253}[^\s\p{C}])?$/u.test(value)) return value;
  throw notBelieved();
}

/** As OpenID Connect Discovery 1.0, section 4, has it: the document must name the issuer that was asked. */
async function findKeys(issuer: string, http: HttpPort): Promise<JWTVerifyGetKey> {
  const url = `${issuer}/.well-known/openid-configuration`;
  const { status, body } = await http.send({ method: 'GET', url, headers: { accept: 'application/json' } });
  const document = status === 200 ? parsed(body) : undefined;
  const address = typeof document?.jwks_uri === 'string' ? URL.parse(document.jwks_uri) : null;
  if (!spellings(issuer).includes(String(document?.issuer)) || address === null || !isSafe(address, issuer)) {
    throw new MeshwrightError(
      'SERVICE_REFUSED',
      `${issuer} does not say where its keys are (status ${status}).`,
      {
        remedy:
          'Correct gateway.oidc.issuer: it has to be what tokens say in iss, and serve its OpenID configuration.',
      },
    );
  }
  return createRemoteJWKSet(address, { [customFetch]: fetchThrough(http), timeoutDuration: 10_000 });
}

/** Some issuers end with a slash, which addresses of the configuration do not. */
function spellings(issuer: string): string[] {
  return [issuer, `${issuer}/`];
}

/** Keys come over TLS, but where the issuer itself is on this machine. */
function isSafe({ protocol }: URL, issuer: string): boolean {
  return protocol === 'https:' || (protocol === 'http:' && issuer.startsWith('http:'));
}

function parsed(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Bounded and verified as everything else that goes out. */
function fetchThrough(http: HttpPort): (url: string) => Promise<Response> {
  return async (url) => {
    const { status, body } = await http.send({ method: 'GET', url, headers: { accept: 'application/json' } });
    return new Response(body, { status });
  };
}
