import type { OidcConfig } from '@meshwright/config';
import { openSecrets } from '@meshwright/config';
import type { HttpPort } from '@meshwright/plugin-sdk';
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { createIdentities, type Identities } from './identity.ts';

const issuer = 'https://login.example.com';
const audience = 'meshwright';
const token = 'a'.repeat(20) + 'B_-.~+/=1234567890';
let key: CryptoKey;
let stranger: CryptoKey;
let jwks: string;

beforeAll(async () => {
  const own = await generateKeyPair('ES256');
  key = own.privateKey;
  stranger = (await generateKeyPair('ES256')).privateKey;
  jwks = JSON.stringify({ keys: [{ ...(await exportJWK(own.publicKey)), kid: 'k1', alg: 'ES256' }] });
});

/** An issuer that serves its configuration and keys. */
function provider(document: object = {}): HttpPort & { asked: string[] } {
  const asked: string[] = [];
  const configuration = JSON.stringify({ issuer, jwks_uri: `${issuer}/keys`, ...document });
  return {
    asked,
    send: ({ url }) => {
      asked.push(url);
      const body = url.endsWith('/keys') ? jwks : configuration;
      return Promise.resolve({ status: 200, headers: {}, body });
    },
  };
}

function identities(
  options: { http?: HttpPort; oidc?: Partial<OidcConfig>; secret?: string } = {},
): Identities {
  const { http = provider(), oidc, secret = token } = options;
  return createIdentities({
    gateway: {
      tokens: [
        { name: 'other', token: { env: 'OTHER' } },
        { name: 'ci', token: { env: 'CI' } },
      ],
      oidc: { issuer, audience, claim: 'sub', ...oidc },
    },
    secrets: openSecrets({ environment: { CI: secret, OTHER: 'z'.repeat(40) } }),
    http,
  });
}

interface Signing {
  with?: CryptoKey;
  header?: Record<string, string>;
  lasts?: string;
}

function sign(
  claims: JWTPayload,
  { with: signer = key, header = {}, lasts = '5m' }: Signing = {},
): Promise<string> {
  const jwt = new SignJWT({ iss: issuer, aud: audience, ...claims }).setProtectedHeader({
    alg: 'ES256',
    kid: 'k1',
    ...header,
  });
  return (lasts === '' ? jwt : jwt.setExpirationTime(lasts)).sign(signer);
}

const refused = expect.objectContaining({ code: 'UNAUTHENTICATED' }) as Error;

describe('a token of the configuration', () => {
  it('is the account of its name', async () => {
    expect(await identities().accountOf(`Bearer ${token}`)).toEqual({ service: 'api', id: 'ci', name: 'ci' });
    expect(await identities().accountOf(`bearer ${token}`)).toMatchObject({ id: 'ci' });
  });

  it.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    token,
    `Basic ${token}`,
    `Bearer ${token}x`,
    `Bearer ${token.slice(1)}`,
    `Bearer ${token} ${token}`,
    `Bearer ${'a'.repeat(100_000)}`,
    'Bearer \u0000',
  ])('%.40j is refused', async (authorization) => {
    await expect(identities().accountOf(authorization)).rejects.toEqual(refused);
  });

  it('that can be guessed is believed by nobody', async () => {
    const short = 'x'.repeat(31);
    await expect(identities({ secret: short }).accountOf(`Bearer ${short}`)).rejects.toEqual(refused);
  });
});

describe('a token of an OpenID provider', () => {
  it('is the account that its claim says', async () => {
    const signed = await sign({ sub: 'user-17', email: 'ada@example.com' });
    expect(await identities().accountOf(`Bearer ${signed}`)).toEqual({ service: 'oidc', id: 'user-17' });
    const byEmail = identities({ oidc: { claim: 'email' } });
    expect(await byEmail.accountOf(`Bearer ${signed}`)).toEqual({ service: 'oidc', id: 'ada@example.com' });
  });

  it.each<[string, JWTPayload, Signing]>([
    ['of another issuer', { iss: 'https://evil.example.com', sub: 'a' }, {}],
    ['for another audience', { aud: 'other', sub: 'a' }, {}],
    ['without the claim', {}, {}],
    ['with an empty claim', { sub: '' }, {}],
    ['with a claim of spaces', { sub: '   ' }, {}],
    ['with a claim that is no text', { sub: ['a'] as unknown as string }, {}],
    ['with control characters in its claim', { sub: 'ada\u202e' }, {}],
    ['that has expired', { sub: 'a' }, { lasts: '-5m' }],
    ['that never expires', { sub: 'a' }, { lasts: '' }],
    ['that counts later', { sub: 'a', nbf: Date.now() / 1_000 + 3_600 }, {}],
  ])('%s is refused', async (_, claims, signing) => {
    await expect(identities().accountOf(`Bearer ${await sign(claims, signing)}`)).rejects.toEqual(refused);
  });

  it('of another key is refused', async () => {
    const forged = await sign({ sub: 'a' }, { with: stranger });
    await expect(identities().accountOf(`Bearer ${forged}`)).rejects.toEqual(refused);
  });

  it('without a signature, or signed with what everybody knows, is refused', async () => {
    const [, payload = ''] = (await sign({ sub: 'a' })).split('.');
    const none = `${btoa('{"alg":"none"}').replaceAll('=', '')}.${payload}.`;
    const shared = await new SignJWT({ sub: 'a', iss: issuer, aud: audience })
      .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
      .setExpirationTime('5m')
      .sign(new TextEncoder().encode(jwks));
    for (const forged of [none, shared]) {
      await expect(identities().accountOf(`Bearer ${forged}`)).rejects.toEqual(refused);
    }
  });

  it('is checked with keys that are asked for once', async () => {
    const http = provider();
    const known = identities({ http });
    const signed = await sign({ sub: 'a' });
    await known.accountOf(`Bearer ${signed}`);
    await known.accountOf(`Bearer ${signed}`);
    expect(http.asked).toEqual([`${issuer}/.well-known/openid-configuration`, `${issuer}/keys`]);
  });

  it.each([
    ['names another issuer', { issuer: 'https://evil.example.com' }],
    ['has its keys in plain text', { jwks_uri: 'http://login.example.com/keys' }],
    ['has its keys in a file', { jwks_uri: 'file:///etc/passwd' }],
    ['has no keys', { jwks_uri: undefined }],
  ])('is not believed when the issuer %s', async (_, document) => {
    const known = identities({ http: provider(document) });
    const signed = await sign({ sub: 'a' });
    await expect(known.accountOf(`Bearer ${signed}`)).rejects.toMatchObject({ code: 'SERVICE_REFUSED' });
  });
});
