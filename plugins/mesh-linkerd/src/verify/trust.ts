import { plural } from '@meshwright/model';
import {
  type Check,
  failed,
  healthy,
  type PluginContext,
  type Verification,
  type VerifyChange,
  waitingFor,
} from '@meshwright/plugin-sdk';
import { type ChartName, charts } from '../names.ts';
import { expiryOf, isSignedByAny, readCertificates } from '../trust/certificates.ts';
import { entryOf, readLiveTrust, revisionOf } from '../trust/live.ts';
import { bundleOf, type Callee, callees } from '../trust/webhooks.ts';

/**
 * The trust anchors and the issuer, as `linkerd check` looks at them: there, valid now, of the kind Linkerd takes, and the
 * one signed by one of the others. That they end soon is said, and is no failure.
 */
export async function checkTrust({ mesh }: VerifyChange, { cluster }: PluginContext): Promise<Verification> {
  const { bundle, issuer } = await readLiveTrust(cluster);
  const waiting = [
    ...(bundle === undefined ? ['ConfigMap linkerd/linkerd-identity-trust-roots is not there'] : []),
    ...(issuer === undefined ? ['Secret linkerd/linkerd-identity-issuer holds no certificate'] : []),
  ];
  if (bundle === undefined || issuer === undefined) return waitingFor(waiting, '');
  const anchors = readCertificates(bundle);
  const [certificate] = readCertificates(issuer.certificate);
  const now = Date.now();
  if (certificate === undefined || !isSignedByAny(certificate, anchors)) {
    return failed(
      'The issuer is signed by none of the trust anchors that proxies believe.',
      'Put the anchor that signed it back, or ask for a new issuer.',
    );
  }
  const ends = [...anchors, certificate].map((each) => expiryOf(each, now));
  if (ends.some(({ state }) => state === 'invalid'))
    return failed(
      'A trust anchor or the issuer is not valid now.',
      'Ask for new ones: docs/guides/linkerd.md.',
    );
  if (certificate.publicKey.asymmetricKeyType !== 'ec') {
    return failed(
      'The issuer’s key is not on an elliptic curve, and Linkerd takes no other.',
      'Make it with ECDSA P-256.',
    );
  }
  const isWanted = mesh.revision.split('-')[0] === revisionOf(bundle, undefined);
  if (!isWanted) return waitingFor(['proxies are told to believe other trust anchors than planned'], '');
  const soonest = ends.map(({ day }) => day).sort()[0] ?? '';
  const soon = ends.some(({ state }) => state === 'expiring') ? ', which is in less than 60 days' : '';
  return healthy(
    `${plural(anchors.length, 'trust anchor')} and the issuer are valid until ${soonest}${soon}`,
  );
}

/** What the API server calls shows a certificate that it knows, and that is valid now. */
export function checkCallees(chart: ChartName): Check {
  return async (_change, { cluster }) => {
    const lines = await Promise.all(
      callees
        .filter((each) => each.chart === chart)
        .map(async (each) => {
          const [caller, secret] = await Promise.all([
            cluster.get(each.caller),
            cluster.get({
              apiVersion: 'v1',
              kind: 'Secret',
              namespace: charts[chart].namespace,
              name: each.secret,
            }),
          ]);
          return calleeProblem(each, {
            bundle: caller === undefined ? undefined : bundleOf(caller),
            shown: secret === undefined ? undefined : entryOf(secret, 'tls.crt'),
          });
        }),
    );
    const waiting = lines.filter((line) => line !== undefined);
    return waitingFor(waiting, '');
  };
}

function calleeProblem(
  { caller, service, secret }: Callee,
  { bundle, shown }: { bundle: string | undefined; shown: string | undefined },
): string | undefined {
  if (bundle === undefined) return `${caller.kind} ${caller.name} has no caBundle`;
  const [certificate] = readCertificates(shown ?? '');
  if (certificate === undefined) return `Secret ${secret} holds no certificate`;
  const known = readCertificates(Buffer.from(bundle, 'base64').toString('utf8'));
  const isKnown =
    known.some(({ fingerprint256 }) => fingerprint256 === certificate.fingerprint256) ||
    isSignedByAny(certificate, known);
  if (!isKnown) return `${service} shows a certificate that ${caller.kind} ${caller.name} does not know`;
  return expiryOf(certificate, Date.now()).state === 'invalid'
    ? `the certificate of ${service} is not valid now`
    : undefined;
}
