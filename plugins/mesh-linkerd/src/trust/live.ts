import type { KubernetesObject } from '@meshwright/model';
import { keptAnnotation } from '@meshwright/model';
import { appliedAt, type ClusterPort, valueAt } from '@meshwright/plugin-sdk';
import { systemNamespace } from '../names.ts';
import { digestOf } from './digest.ts';

/** Formats of the issuer's Secret, as the value `identity.issuer.scheme` names them. */
export const Scheme = { kubernetes: 'kubernetes.io/tls', linkerd: 'linkerd.io/tls' } as const;
export type Scheme = (typeof Scheme)[keyof typeof Scheme];

/** The entries of certificate and key in an issuer's Secret (pkg/k8s/labels.go in linkerd/linkerd2). */
export const entries: Readonly<Record<Scheme, { certificate: string; key: string }>> = {
  [Scheme.kubernetes]: { certificate: 'tls.crt', key: 'tls.key' },
  [Scheme.linkerd]: { certificate: 'crt.pem', key: 'key.pem' },
};

/** Which numbers of the pattern's `mesh.trust` the live bundle and issuer are: written beside the bundle. */
export const numbersAnnotation = 'meshwright.dev/trust';

/** An issuer's Secret on the cluster. */
export interface LiveIssuer {
  scheme: Scheme;
  certificate: string;
  /** Which kept Secret it is from; undefined for one of somebody else. */
  mark: string | undefined;
  /** When what Meshwright applied of it changed last, in milliseconds since 1970. */
  appliedAt: number | undefined;
  object: KubernetesObject;
}

/** What proxies on the cluster are told to believe, and who signs for them. */
export interface LiveTrust {
  /** As the ConfigMap has it. */
  bundle: string | undefined;
  /** Undefined where somebody else made it. */
  numbers: { anchors: number[]; issuer: number } | undefined;
  issuer: LiveIssuer | undefined;
  /** The digest of the bundle with which the control plane's own pods were rendered. */
  controlPlaneDigest: string | undefined;
}

const system = { apiVersion: 'v1', namespace: systemNamespace };

/** Reads the trust roots and the issuer of the cluster. */
export async function readLiveTrust(cluster: ClusterPort): Promise<LiveTrust> {
  const [roots, issuer, identity] = await Promise.all([
    cluster.get({ ...system, kind: 'ConfigMap', name: 'linkerd-identity-trust-roots' }),
    readIssuer(cluster),
    cluster.get({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      namespace: systemNamespace,
      name: 'linkerd-identity',
    }),
  ]);
  const bundle = (roots?.data as Record<string, string> | undefined)?.['ca-bundle.crt'];
  const annotations = valueAt(identity?.spec, 'template.metadata.annotations') as
    Record<string, string> | undefined;
  return {
    bundle,
    numbers: numbersIn(roots?.metadata.annotations?.[numbersAnnotation]),
    issuer,
    controlPlaneDigest: annotations?.[trustRootAnnotation],
  };
}

/** What the injector writes into every pod: the digest of the bundle its proxy believes. */
export const trustRootAnnotation = 'linkerd.io/trust-root-sha256';

/** Reads the issuer's Secret; undefined where there is none that can be read as one. */
export async function readIssuer(cluster: ClusterPort): Promise<LiveIssuer | undefined> {
  const object = await cluster.get({ ...system, kind: 'Secret', name: 'linkerd-identity-issuer' });
  if (object === undefined) return undefined;
  const scheme = object.type === Scheme.kubernetes ? Scheme.kubernetes : Scheme.linkerd;
  const certificate = entryOf(object, entries[scheme].certificate);
  if (certificate === undefined) return undefined;
  const mark = object.metadata.annotations?.[keptAnnotation];
  return { scheme, certificate, mark, appliedAt: appliedAt(object), object };
}

/** An entry of a Secret in clear. */
export function entryOf({ data }: KubernetesObject, name: string): string | undefined {
  const value = (data as Record<string, string> | undefined)?.[name];
  return value === undefined ? undefined : Buffer.from(value, 'base64').toString('utf8');
}

/** The numbers as they are written down. */
export function numbersText({ anchors, issuer }: { anchors: readonly number[]; issuer: number }): string {
  return `anchors=${anchors.join('+')} issuer=${issuer}`;
}

function numbersIn(text: string | undefined): LiveTrust['numbers'] {
  const [, anchors, issuer] = /^anchors=([\d+]+) issuer=(\d+)$/.exec(text ?? '') ?? [];
  if (anchors === undefined || issuer === undefined) return undefined;
  return { anchors: anchors.split('+').map(Number), issuer: Number(issuer) };
}

/**
 * What names the trust of a cluster, as the revision of its control plane: the beginning of the bundle's digest, and, where
 * the issuer is one that Meshwright made, of its certificate's. Proxies of another one must restart.
 */
export function revisionOf(
  bundle: string,
  issuer: { certificate: string; mark: string | undefined } | undefined,
): string {
  const roots = digestOf(bundle.trim()).slice(0, 8);
  return issuer?.mark === undefined ? roots : `${roots}-${digestOf(issuer.certificate.trim()).slice(0, 8)}`;
}
