// The library's decorators need it, before the library itself (its README).
import 'reflect-metadata';
import { X509Certificate, webcrypto } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate as Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

/** A certificate with its key, both in PEM. */
export interface KeyPair {
  certificate: string;
  key: string;
}

/** Linkerd takes ECDSA P-256 and nothing else ("Generating your own mTLS root certificates"). */
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

const day = 24 * 60 * 60 * 1000;
/** As `step` makes them in Linkerd's guides: a root for ten years, what it signs for one. */
const lifetimes = { anchor: 3_650 * day, issuer: 365 * day, server: 365 * day };
/** Clocks differ. */
const backdated = 5 * 60 * 1000;

/** A new trust anchor. */
export async function makeAnchor(name: string): Promise<KeyPair> {
  const keys = await newKeys();
  return finish(keys, {
    subject: name,
    lifetime: lifetimes.anchor,
    extensions: [
      new BasicConstraintsExtension(true, 1, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  });
}

/** A new issuer of identities, signed by an anchor. Linkerd looks for its name among the DNS names. */
export async function makeIssuer(name: string, anchor: KeyPair): Promise<KeyPair> {
  const keys = await newKeys();
  return finish(keys, {
    subject: name,
    lifetime: lifetimes.issuer,
    signer: anchor,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      new SubjectAlternativeNameExtension([{ type: 'dns', value: name }]),
    ],
  });
}

/** A new certificate of a webhook's server, signed by itself as Linkerd's charts do it. */
export async function makeServer(host: string): Promise<KeyPair> {
  const keys = await newKeys();
  return finish(keys, {
    subject: host,
    lifetime: lifetimes.server,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(
        KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment | KeyUsageFlags.keyCertSign,
        true,
      ),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
      new SubjectAlternativeNameExtension([{ type: 'dns', value: host }]),
    ],
  });
}

interface Request {
  subject: string;
  lifetime: number;
  extensions: Extension[];
  /** Itself when absent. */
  signer?: KeyPair;
}

async function finish(keys: webcrypto.CryptoKeyPair, request: Request): Promise<KeyPair> {
  const { subject, lifetime, signer } = request;
  const issuer = signer === undefined ? undefined : new Certificate(signer.certificate);
  const certificate = await X509CertificateGenerator.create(
    {
      serialNumber: newSerialNumber(),
      subject: `CN=${subject}`,
      issuer: issuer?.subject ?? `CN=${subject}`,
      notBefore: new Date(Date.now() - backdated),
      notAfter: new Date(Date.now() + lifetime),
      signingAlgorithm: algorithm,
      publicKey: keys.publicKey,
      signingKey: signer === undefined ? keys.privateKey : await privateKeyOf(signer),
      extensions: [
        ...request.extensions,
        await SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
        await AuthorityKeyIdentifierExtension.create(issuer?.publicKey ?? keys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return {
    certificate: withNewline(certificate.toString('pem')),
    key: withNewline(PemConverter.encode(key, 'PRIVATE KEY')),
  };
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

function privateKeyOf({ key }: KeyPair): Promise<webcrypto.CryptoKey> {
  return webcrypto.subtle.importKey('pkcs8', PemConverter.decodeFirst(key), algorithm, false, ['sign']);
}

/** 127 bits, positive and never zero (RFC 5280, 4.1.2.2). */
function newSerialNumber(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return Buffer.from(bytes).toString('hex');
}

function withNewline(pem: string): string {
  return `${pem.trim()}\n`;
}

/** The certificates of a bundle in PEM. @throws Error for text that holds something else between the marks. */
export function readCertificates(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => new X509Certificate(block));
}

/** Whether one of the roots signed a certificate, and may sign any. */
export function isSignedByAny(certificate: X509Certificate, roots: readonly X509Certificate[]): boolean {
  return roots.some((root) => root.ca && certificate.checkIssued(root) && certificate.verify(root.publicKey));
}

/** How a certificate stands with time: what to say of it, or nothing. */
export function expiryOf(
  { validFromDate, validToDate }: X509Certificate,
  now: number,
): { state: 'valid' | 'expiring' | 'invalid'; day: string } {
  const expires = validToDate.toISOString().slice(0, 10);
  if (now >= validToDate.getTime() || now < validFromDate.getTime())
    return { state: 'invalid', day: expires };
  return { state: validToDate.getTime() - now < soon ? 'expiring' : 'valid', day: expires };
}

/** When `linkerd check` begins to warn. */
const soon = 60 * day;
