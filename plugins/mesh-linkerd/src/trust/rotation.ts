import type { X509Certificate } from 'node:crypto';
import { MeshwrightError, type PreflightCheck } from '@meshwright/model';
import { type Pod, refusePods } from '@meshwright/plugin-sdk';
import { isControlPlane } from '../proxies.ts';
import { expiryOf, isSignedByAny, readCertificates } from './certificates.ts';
import { digestOf } from './digest.ts';
import { type LiveTrust, trustRootAnnotation } from './live.ts';
import type { Trust } from './trust.ts';

/** What a change of trust is judged by. */
export interface Rotation {
  wanted: Pick<Trust, 'believed' | 'issuer'>;
  live: Pick<LiveTrust, 'bundle' | 'issuer'>;
  /** The running pods anywhere on the cluster that have a proxy. */
  pods: readonly Pod[];
}

/**
 * The order of Linkerd's guide ("Manually rotating control plane TLS credentials"): proxies first believe the new anchor
 * beside the old one, then the issuer changes, and the old anchor goes when no certificate that it vouches for is in use.
 * Out of order, proxies would refuse each other. Pure.
 * @throws MeshwrightError PREFLIGHT_FAILED with the step that comes first.
 */
export function refuseUnsafeRotation(rotation: Rotation): void {
  const { wanted, live } = rotation;
  const anchors = readCertificates(wanted.believed);
  const issuer = only(wanted.issuer.certificate);
  if (anchors.length === 0 || issuer === undefined) {
    throw refused('The trust anchors or the issuer hold no certificate.', 'Correct what is given for them.');
  }
  if (!isSignedByAny(issuer, anchors)) {
    throw refused(
      'The issuer is signed by none of the trust anchors that proxies would believe.',
      'Keep its anchor in mesh.trust.anchors until the issuer has changed, or give the anchor that signed it.',
    );
  }
  if (live.bundle === undefined || live.issuer === undefined) return;
  refuseUnbelievedIssuer(rotation, { issuer, bundle: live.bundle });
  refuseEarlyRemoval(rotation, { anchors, bundle: live.bundle });
}

function refuseUnbelievedIssuer(
  { wanted, live, pods }: Rotation,
  { issuer, bundle }: { issuer: X509Certificate; bundle: string },
): void {
  if (wanted.issuer.certificate.trim() === live.issuer?.certificate.trim()) return;
  if (!isSignedByAny(issuer, readCertificates(bundle))) {
    throw refused(
      'The new issuer is signed by an anchor that the running proxies do not believe yet.',
      'First add its anchor beside the others, with the issuer as it is, in a commit of its own.',
    );
  }
  const behind = pods.filter(
    (pod) =>
      !isControlPlane(pod) && pod.metadata.annotations[trustRootAnnotation] !== digestOf(bundle.trim()),
  );
  refusePods(behind, {
    message:
      'The issuer changes, and these pods do not believe all of the trust anchors yet: they would refuse the others.',
    remedy: 'Restart them first: those outside the pattern are nobody’s but yours to restart.',
  });
}

function refuseEarlyRemoval(
  { wanted, live, pods }: Rotation,
  { anchors, bundle }: { anchors: X509Certificate[]; bundle: string },
): void {
  const kept = new Set(anchors.map(({ fingerprint256 }) => fingerprint256));
  const gone = readCertificates(bundle).filter(({ fingerprint256 }) => !kept.has(fingerprint256));
  if (gone.length === 0) return;
  if (wanted.issuer.certificate.trim() !== live.issuer?.certificate.trim()) {
    throw refused(
      'A trust anchor would go in the same change as the issuer, while certificates that it vouches for are in use.',
      'First change the issuer, in a commit of its own, and then take the anchor away.',
    );
  }
  const since = live.issuer.appliedAt;
  if (live.issuer.mark === undefined || since === undefined) return;
  const early = pods.filter(
    ({ metadata: { creationTimestamp } }) => Date.parse(creationTimestamp ?? '') < since,
  );
  refusePods(early, {
    message:
      'A trust anchor would go, and these pods are older than the issuer: their certificates may be of the one before.',
    remedy: 'Restart them first: those outside the pattern are nobody’s but yours to restart.',
  });
}

/** How the anchors and the issuer stand with time, as `linkerd check` looks at it; pure. */
export function expiryCheck({ believed, issuer }: Rotation['wanted'], now: number): PreflightCheck {
  const named = [
    ...readCertificates(believed).map((certificate, index) => ({
      name: `trust anchor ${index + 1}`,
      certificate,
    })),
    ...readCertificates(issuer.certificate)
      .slice(0, 1)
      .map((certificate) => ({ name: 'issuer', certificate })),
  ].map(({ name, certificate }) => ({ name, ...expiryOf(certificate, now) }));
  const invalid = named.filter(({ state }) => state === 'invalid');
  if (invalid.length > 0) {
    throw refused(
      `The ${invalid.map(({ name, day }) => `${name} (until ${day})`).join(', ')} of the mesh is not valid now.`,
      'Ask for new ones by further numbers in mesh.trust, or give valid ones.',
    );
  }
  const title = 'Trust anchors and issuer';
  const said = named.map(({ name, day }) => `${name} until ${day}`).join(', ');
  const isSoon = named.some(({ state }) => state === 'expiring');
  return {
    title,
    state: isSoon ? 'warning' : 'passed',
    note: isSoon ? `less than 60 days are left: ${said}` : said,
  };
}

function only(pem: string): X509Certificate | undefined {
  return readCertificates(pem)[0];
}

function refused(message: string, remedy: string): MeshwrightError {
  return new MeshwrightError('PREFLIGHT_FAILED', message, { remedy });
}
