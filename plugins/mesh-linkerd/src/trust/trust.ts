import {
  type KeptSecret,
  type KubernetesObject,
  type MeshSpec,
  MeshwrightError,
  type NewSecret,
} from '@meshwright/model';
import {
  type ClusterPort,
  type MeshChange,
  type PlanningContext,
  secretFrom,
  valueAt,
} from '@meshwright/plugin-sdk';
import { systemNamespace } from '../names.ts';
import { makeAnchor, makeIssuer } from './certificates.ts';
import { digestOf } from './digest.ts';
import { type LiveTrust, Scheme, entries, entryOf, readLiveTrust, revisionOf } from './live.ts';

/** What the mesh of a pattern believes, and who signs for it. */
export interface Trust {
  /** The anchors in PEM; undefined where the cluster's ConfigMap is somebody else's. */
  bundle: string | undefined;
  /** What proxies are told, wherever it comes from. */
  believed: string;
  issuer: {
    scheme: Scheme;
    certificate: string;
    /** The Secret to apply; absent where it is there already and stays somebody else's. */
    secret?: KubernetesObject;
  };
  /** Undefined where the pattern gives the anchors. */
  numbers: { anchors: number[]; issuer: number } | undefined;
  revision: string;
}

const issuerPlace = { namespace: systemNamespace, name: 'linkerd-identity-issuer' };

/** The numbers a pattern asks for; the first of each unless told. */
export function wantedNumbers({ trust }: Pick<MeshSpec, 'trust'>): { anchors: number[]; issuer: number } {
  const { anchors, issuer } = trust ?? { anchors: [1], issuer: 1 };
  return { anchors: [...anchors].sort((a, b) => a - b), issuer };
}

/** Whether a pattern says where its anchors come from: its values, or whoever writes the ConfigMap of trust roots. */
export function givesAnchors(mesh: MeshSpec): boolean {
  const values = mesh.values['linkerd-control-plane'] ?? {};
  return anchorsIn(values) !== '' || valueAt(values, 'identity.externalCA') === true;
}

function anchorsIn(values: Record<string, unknown>): string {
  const given = valueAt(values, 'identityTrustAnchorsPEM');
  return typeof given === 'string' ? given.trim() : '';
}

/**
 * The trust of a pattern's mesh: given by its values, else kept by the engine, which has it made where there is none yet. A
 * mesh that is there already is never given another one by this: what it has is kept under the number it is asked for.
 * @throws MeshwrightError PREFLIGHT_FAILED where something that only others can bring is missing.
 */
export async function trustOf(change: MeshChange, context: PlanningContext): Promise<Trust> {
  const { mesh } = change.snapshot.pattern.spec;
  const live = await readLiveTrust(context.cluster);
  return givesAnchors(mesh) ? givenTrust(mesh, live) : keptTrust(mesh, live, context);
}

function givenTrust(mesh: MeshSpec, { bundle, issuer }: LiveTrust): Trust {
  const given = anchorsIn(mesh.values['linkerd-control-plane'] ?? {});
  const believed = given === '' ? bundle : given;
  if (believed === undefined) {
    throw missing(
      'With identity.externalCA somebody else writes the ConfigMap linkerd/linkerd-identity-trust-roots, and it is not there.',
      'Let trust-manager or whoever keeps it write it first, or give the anchors as identityTrustAnchorsPEM.',
    );
  }
  if (issuer === undefined) {
    throw missing(
      'The pattern gives its trust anchors, and there is no issuer: the Secret linkerd/linkerd-identity-issuer is not there.',
      'Let cert-manager make it, or create it as a Secret of type kubernetes.io/tls that one of the anchors signed, in a namespace "linkerd".',
    );
  }
  const { scheme, certificate } = issuer;
  return {
    bundle: given === '' ? undefined : given,
    believed,
    issuer: { scheme, certificate },
    numbers: undefined,
    revision: revisionOf(believed, undefined),
  };
}

async function keptTrust(mesh: MeshSpec, live: LiveTrust, context: PlanningContext): Promise<Trust> {
  const { secrets } = context;
  const numbers = wantedNumbers(mesh);
  const domain = trustDomainOf(mesh);
  refuseUnnumbered(live, numbers);
  const anchors: KeptSecret[] = [];
  for (const number of numbers.anchors) {
    anchors.push(await secrets.keep(`linkerd-anchor-${number}`, () => newAnchor(number, domain, live)));
  }
  const texts = anchors.map((anchor) => anchor.public['ca.crt'] ?? '');
  // One that was found is taken as it is: the digest of its text stands in the templates of pods.
  const bundle = texts.length === 1 ? (texts[0] ?? '') : texts.map((text) => text.trim()).join('\n');
  const kept = await secrets.keep(`linkerd-issuer-${numbers.issuer}`, () =>
    newIssuer(numbers.issuer, { domain, live, anchor: anchors.at(-1) }),
  );
  const issuer = issuerOf(kept, live);
  return {
    bundle,
    believed: bundle,
    issuer,
    numbers,
    revision: revisionOf(bundle, {
      certificate: issuer.certificate,
      mark: issuer.secret === undefined ? undefined : kept.mark,
    }),
  };
}

/** A mesh that somebody else installed has one bundle, which becomes one number. */
function refuseUnnumbered({ bundle, numbers }: LiveTrust, { anchors }: { anchors: number[] }): void {
  if (bundle === undefined || numbers !== undefined || anchors.length === 1) return;
  throw new MeshwrightError('UNSUPPORTED', 'The trust anchors on the cluster are not Meshwright’s yet.', {
    remedy: 'Adopt the mesh with one number in mesh.trust.anchors, and add the next one by a later commit.',
  });
}

async function newAnchor(number: number, domain: string, live: LiveTrust): Promise<NewSecret> {
  const { bundle, numbers } = live;
  const isLive = bundle !== undefined && (numbers === undefined || numbers.anchors.includes(number));
  if (!isLive) {
    const { certificate, key } = await makeAnchor(`root.linkerd.${domain}`);
    return { public: { 'ca.crt': certificate.trim() }, private: { 'ca.key': key } };
  }
  if (numbers !== undefined && numbers.anchors.length > 1) {
    throw missing(
      `Trust anchor ${number} is in use, and what Meshwright kept of it is gone.`,
      'Restore the Secret of its name in meshwright-system from a backup.',
    );
  }
  return { public: { 'ca.crt': asRendered(bundle, live) }, private: {} };
}

/** The text of which the control plane's templates have the digest: the ConfigMap has it without the space around it. */
function asRendered(bundle: string, { controlPlaneDigest }: LiveTrust): string {
  const candidates = [bundle, bundle.trim(), `${bundle.trim()}\n`, `${bundle.trim()}\n\n`];
  return candidates.find((text) => digestOf(text) === controlPlaneDigest) ?? bundle.trim();
}

async function newIssuer(
  number: number,
  { domain, live, anchor }: { domain: string; live: LiveTrust; anchor: KeptSecret | undefined },
): Promise<NewSecret> {
  const { issuer, numbers } = live;
  const isLive = issuer !== undefined && (numbers === undefined || numbers.issuer === number);
  if (isLive) return issuer.mark === undefined ? { public: {}, private: {} } : contentOf(issuer);
  const key = anchor?.private['ca.key'];
  const certificate = anchor?.public['ca.crt'];
  if (key === undefined || certificate === undefined) {
    throw missing(
      `A new issuer is to be signed, and Meshwright has no key of the newest trust anchor.`,
      'Add a new anchor first, by a further number in mesh.trust.anchors: Meshwright makes it, and it signs the issuer after that.',
    );
  }
  const made = await makeIssuer(`identity.linkerd.${domain}`, { certificate, key });
  // The type of a Secret cannot change.
  const scheme = issuer?.scheme ?? Scheme.kubernetes;
  const names = entries[scheme];
  return {
    public: { [names.certificate]: made.certificate, 'ca.crt': certificate },
    private: { [names.key]: made.key },
    destination: issuerPlace,
  };
}

/** What was kept of the issuer that is in use is gone: it is in use still, so it is kept again. */
function contentOf({ object, scheme }: NonNullable<LiveTrust['issuer']>): NewSecret {
  const names = entries[scheme];
  const read = (name: string) => [name, entryOf(object, name) ?? ''] as const;
  return {
    public: Object.fromEntries([read(names.certificate), read('ca.crt')]),
    private: Object.fromEntries([read(names.key)]),
    destination: issuerPlace,
  };
}

function issuerOf(kept: KeptSecret, { issuer }: LiveTrust): Trust['issuer'] {
  const scheme = entries[Scheme.linkerd].certificate in kept.public ? Scheme.linkerd : Scheme.kubernetes;
  const certificate = kept.public[entries[scheme].certificate];
  if (certificate === undefined) {
    if (issuer !== undefined) return { scheme: issuer.scheme, certificate: issuer.certificate };
    throw missing(
      'The Secret linkerd/linkerd-identity-issuer is gone, and it was not Meshwright’s.',
      'Restore it, or ask for a new issuer by a further number in mesh.trust.issuer.',
    );
  }
  const type = scheme === Scheme.kubernetes ? scheme : 'Opaque';
  const labels = {
    'linkerd.io/control-plane-component': 'identity',
    'linkerd.io/control-plane-ns': systemNamespace,
  };
  return { scheme, certificate, secret: secretFrom(kept, { ...issuerPlace, type, labels }) };
}

/** The domain of identities, as the charts take it. */
export function trustDomainOf({ values }: MeshSpec): string {
  const given = values['linkerd-control-plane'] ?? {};
  for (const path of ['identityTrustDomain', 'clusterDomain']) {
    const domain = valueAt(given, path);
    if (typeof domain === 'string' && domain !== '') return domain;
  }
  return 'cluster.local';
}

function missing(message: string, remedy: string): MeshwrightError {
  return new MeshwrightError('PREFLIGHT_FAILED', message, { remedy });
}

/** What proxies on the cluster are told now, by the revision of an installation; `unknown` where nothing says it. */
export async function liveRevision(cluster: ClusterPort): Promise<string> {
  const { bundle, issuer } = await readLiveTrust(cluster);
  return bundle === undefined ? 'unknown' : revisionOf(bundle, issuer);
}
