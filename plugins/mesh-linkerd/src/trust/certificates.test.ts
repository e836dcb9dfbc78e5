import { createPrivateKey, createPublicKey } from 'node:crypto';
import { createServer, connect, type TLSSocket } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  expiryOf,
  isSignedByAny,
  type KeyPair,
  makeAnchor,
  makeIssuer,
  makeServer,
  readCertificates,
} from './certificates.ts';

function only(pair: Pick<KeyPair, 'certificate'>) {
  const [certificate] = readCertificates(pair.certificate);
  if (certificate === undefined) throw new Error('no certificate');
  return certificate;
}

const day = 24 * 60 * 60 * 1000;

describe('what Linkerd takes', () => {
  it('is an issuer on P-256 that the anchor signed, may sign, and has its DNS name', async () => {
    const anchor = await makeAnchor('root.linkerd.cluster.local');
    const issuer = await makeIssuer('identity.linkerd.cluster.local', anchor);
    const certificate = only(issuer);
    expect(certificate.publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
    expect(certificate.ca).toBe(true);
    expect(certificate.checkHost('identity.linkerd.cluster.local')).toBeDefined();
    expect(isSignedByAny(certificate, [only(anchor)])).toBe(true);
    expect(certificate.checkPrivateKey(createPrivateKey(issuer.key))).toBe(true);
  });

  it('is never the same twice, and not signed by another anchor of the same name', async () => {
    const [one, other] = [await makeAnchor('root'), await makeAnchor('root')];
    expect(only(one).serialNumber).not.toBe(only(other).serialNumber);
    expect(isSignedByAny(only(await makeIssuer('i', one)), [only(other)])).toBe(false);
    expect(isSignedByAny(only(await makeIssuer('i', one)), [only(other), only(one)])).toBe(true);
  });

  it('holds for ten years and for one, and is told sixty days before its end', async () => {
    const anchor = await makeAnchor('root');
    const certificate = only(await makeIssuer('i', anchor));
    const now = Date.now();
    expect(expiryOf(only(anchor), now + 3_500 * day).state).toBe('valid');
    expect(expiryOf(certificate, now + 300 * day).state).toBe('valid');
    expect(expiryOf(certificate, now + 310 * day).state).toBe('expiring');
    expect(expiryOf(certificate, now + 366 * day).state).toBe('invalid');
    expect(expiryOf(certificate, now - day).state).toBe('invalid');
  });
});

it('serves TLS to a client that trusts the certificate itself, as the API server does with a caBundle', async () => {
  const host = 'linkerd-proxy-injector.linkerd.svc';
  const pair = await makeServer(host);
  const server = createServer({ cert: pair.certificate, key: pair.key });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const socket = await new Promise<TLSSocket>((resolve, reject) => {
    const opened = connect({ port, host: '127.0.0.1', servername: host, ca: pair.certificate }, () =>
      resolve(opened),
    );
    opened.on('error', reject);
  });
  expect(socket.authorized).toBe(true);
  socket.destroy();
  expect(createPublicKey(pair.certificate).asymmetricKeyType).toBe('ec');
});

it('reads every certificate of a bundle, and none in anything else', async () => {
  const [one, other] = [await makeAnchor('one'), await makeAnchor('other')];
  expect(readCertificates(`${one.certificate}\n# a comment\n${other.certificate}`)).toHaveLength(2);
  expect(readCertificates(one.key)).toEqual([]);
});
