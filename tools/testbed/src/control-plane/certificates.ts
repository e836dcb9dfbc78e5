import 'reflect-metadata'; // @peculiar/x509 asks for it

import { generateKeyPairSync, randomBytes, webcrypto } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';

import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  cryptoProvider,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

import { readFileIfPresent, writeFileAtomically } from '../files.ts';

/** The files of a certificate and its private key, both PEM. */
export interface KeyPairFiles {
  readonly certificate: string;
  readonly key: string;
}

/** Who a certificate is for. Kubernetes reads the common name as user and the organizations as groups. */
export interface CertificateRequest {
  readonly commonName: string;
  readonly organizations?: readonly string[];
  /** DNS names and addresses of a server; a certificate with none is for clients only. */
  readonly subjectAltNames?: readonly string[];
}

/** A certificate authority of one testbed. Its files lie in one directory, readable by their owner alone. */
export interface Authority {
  readonly files: KeyPairFiles;
  /** The authority's certificate, PEM. */
  readonly certificate: string;
  /** Issues a certificate and writes `<name>.crt` and `<name>.key`. */
  issue(name: string, request: CertificateRequest): Promise<KeyPairFiles>;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 24 * 60 * 60 * 1000;
const AUTHORITY_DAYS = 3650;
const LEAF_DAYS = 365;

cryptoProvider.set(webcrypto);

/** Opens the authority in a directory, and makes it when there is none. */
export async function openAuthority(directory: string): Promise<Authority> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const files = pathsOf(directory, 'ca');
  if ((await readFileIfPresent(files.key)) === undefined) await createAuthority(files);
  const certificate = await readFile(files.certificate, 'utf8');
  const issuer = new X509Certificate(certificate);
  const signingKey = await importKey(await readFile(files.key, 'utf8'));
  return {
    files,
    certificate,
    async issue(name, request) {
      const leaf = pathsOf(directory, name);
      await issueLeaf(leaf, request, issuer, signingKey);
      return leaf;
    },
  };
}

/** The key pair that signs service account tokens, made when there is none. RSA, which every verifier of tokens reads. */
export async function serviceAccountKeys(
  directory: string,
): Promise<{ privateKey: string; publicKey: string }> {
  const paths = {
    privateKey: join(directory, 'service-account.key'),
    publicKey: join(directory, 'service-account.pub'),
  };
  if ((await readFileIfPresent(paths.privateKey)) !== undefined) return paths;
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  await writeFileAtomically(paths.publicKey, publicKey);
  await writeFileAtomically(paths.privateKey, privateKey);
  return paths;
}

function pathsOf(directory: string, name: string): KeyPairFiles {
  return { certificate: join(directory, `${name}.crt`), key: join(directory, `${name}.key`) };
}

async function createAuthority(files: KeyPairFiles): Promise<void> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    ...validity(AUTHORITY_DAYS),
    name: [{ CN: ['meshwright-testbed'] }],
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(
        KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign | KeyUsageFlags.digitalSignature,
        true,
      ),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  await writeFileAtomically(files.certificate, certificate.toString('pem'));
  await writeFileAtomically(files.key, await exportKey(keys.privateKey));
}

async function issueLeaf(
  files: KeyPairFiles,
  request: CertificateRequest,
  issuer: X509Certificate,
  signingKey: webcrypto.CryptoKey,
): Promise<void> {
  const { commonName, organizations = [], subjectAltNames = [] } = request;
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const usages = [
    ExtendedKeyUsage.clientAuth,
    ...(subjectAltNames.length > 0 ? [ExtendedKeyUsage.serverAuth] : []),
  ];
  const names = subjectAltNames.map((value) => ({
    type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const),
    value,
  }));
  const certificate = await X509CertificateGenerator.create({
    ...validity(LEAF_DAYS),
    subject: [...organizations.map((name) => ({ O: [name] })), { CN: [commonName] }],
    issuer: issuer.subject,
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension(usages),
      await AuthorityKeyIdentifierExtension.create(issuer),
      ...(names.length > 0 ? [new SubjectAlternativeNameExtension(names)] : []),
    ],
  });
  await writeFileAtomically(files.key, await exportKey(keys.privateKey));
  await writeFileAtomically(files.certificate, certificate.toString('pem'));
}

/** From five minutes ago, so that a clock that is a little behind still accepts it. RFC 5280 wants a positive serial number. */
function validity(days: number): { serialNumber: string; notBefore: Date; notAfter: Date } {
  const serialNumber = `01${randomBytes(15).toString('hex')}`;
  return {
    serialNumber,
    notBefore: new Date(Date.now() - 5 * 60_000),
    notAfter: new Date(Date.now() + days * DAY_MS),
  };
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  return PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}

async function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  const [der] = PemConverter.decode(pem);
  if (der === undefined) throw new TypeError('the key of the authority is empty');
  return webcrypto.subtle.importKey('pkcs8', der, ALGORITHM, true, ['sign']);
}
