import { type KubernetesObject, type MeshSpec, type NewSecret } from '@meshwright/model';
import { type ClusterPort, type PlanningContext, secretFrom, valueAt } from '@meshwright/plugin-sdk';
import { type ChartName, charts } from '../names.ts';
import { makeServer } from './certificates.ts';
import { entryOf, readLiveTrust } from './live.ts';
import { wantedNumbers } from './trust.ts';

/** Something of Linkerd that the API server calls, with the certificate it shows. */
export interface Callee {
  chart: ChartName;
  /** Its key in the chart's values. */
  value: string;
  /** The name of its Service. */
  service: string;
  secret: string;
  /** What names its certificate to the API server. */
  caller: { apiVersion: string; kind: string; name: string };
  labels: Record<string, string>;
}

const admission = 'admissionregistration.k8s.io/v1';

/** All of them; the charts would make each a new certificate at every render, `genSelfSignedCert`. */
export const callees: readonly Callee[] = [
  callee('linkerd-control-plane', 'proxyInjector', {
    service: 'linkerd-proxy-injector',
    caller: {
      apiVersion: admission,
      kind: 'MutatingWebhookConfiguration',
      name: 'linkerd-proxy-injector-webhook-config',
    },
    labels: {
      'linkerd.io/control-plane-component': 'proxy-injector',
      'linkerd.io/control-plane-ns': 'linkerd',
    },
  }),
  callee('linkerd-control-plane', 'profileValidator', {
    service: 'linkerd-sp-validator',
    caller: {
      apiVersion: admission,
      kind: 'ValidatingWebhookConfiguration',
      name: 'linkerd-sp-validator-webhook-config',
    },
    labels: { 'linkerd.io/control-plane-component': 'destination', 'linkerd.io/control-plane-ns': 'linkerd' },
  }),
  callee('linkerd-control-plane', 'policyValidator', {
    service: 'linkerd-policy-validator',
    caller: {
      apiVersion: admission,
      kind: 'ValidatingWebhookConfiguration',
      name: 'linkerd-policy-validator-webhook-config',
    },
    labels: { 'linkerd.io/control-plane-component': 'destination', 'linkerd.io/control-plane-ns': 'linkerd' },
  }),
  callee('linkerd-viz', 'tap', {
    service: 'tap',
    caller: { apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService', name: 'v1alpha1.tap.linkerd.io' },
    labels: { 'linkerd.io/extension': 'viz', component: 'tap' },
  }),
  callee('linkerd-viz', 'tapInjector', {
    service: 'tap-injector',
    caller: {
      apiVersion: admission,
      kind: 'MutatingWebhookConfiguration',
      name: 'linkerd-tap-injector-webhook-config',
    },
    labels: { 'linkerd.io/extension': 'viz', component: 'tap-injector' },
  }),
];

function callee(
  chart: ChartName,
  value: string,
  rest: Pick<Callee, 'service' | 'caller' | 'labels'>,
): Callee {
  return { chart, value, secret: `${rest.service}-k8s-tls`, ...rest };
}

/** What a chart is to be told of its callees' certificates, and the Secrets that hold them. */
export interface CalleeTrust {
  values: Record<string, Record<string, unknown>>;
  secrets: KubernetesObject[];
}

/** The certificates of a chart's callees, but for those that the pattern gives. */
export async function calleeTrust(
  chart: ChartName,
  mesh: MeshSpec,
  { cluster, secrets }: PlanningContext,
): Promise<CalleeTrust> {
  const given = mesh.values[chart] ?? {};
  const trust: CalleeTrust = { values: {}, secrets: [] };
  const { issuer: number } = wantedNumbers(mesh);
  const isInUse = await isNumberInUse(number, cluster);
  for (const each of callees.filter((one) => one.chart === chart && !isGiven(valueAt(given, one.value)))) {
    const kept = await secrets.keep(`${each.service}-${number}`, () => contentFor(each, isInUse, cluster));
    const certificate = kept.public['tls.crt'];
    const caBundle = certificate ?? kept.public['ca.crt'] ?? '';
    trust.values[each.value] = { externalSecret: true, caBundle: caBundle.trim() };
    if (certificate === undefined) continue;
    const place = { namespace: charts[chart].namespace, name: each.secret };
    trust.secrets.push(secretFrom(kept, { ...place, type: 'kubernetes.io/tls', labels: each.labels }));
  }
  return trust;
}

function isGiven(values: unknown): boolean {
  return ['externalSecret', 'caBundle', 'injectCaFrom', 'injectCaFromSecret'].some((key) => {
    const value = valueAt(values, key);
    return value !== undefined && value !== '' && value !== false;
  });
}

/** Whether what is on the cluster belongs to a number, or is somebody else's and so to any. */
async function isNumberInUse(number: number, cluster: ClusterPort): Promise<boolean> {
  const { numbers } = await readLiveTrust(cluster);
  return numbers === undefined || numbers.issuer === number;
}

async function contentFor(
  { service, secret, caller, chart }: Callee,
  isInUse: boolean,
  cluster: ClusterPort,
): Promise<NewSecret> {
  const { namespace } = charts[chart];
  const destination = { namespace, name: secret };
  const [live, calling] = isInUse
    ? await Promise.all([
        cluster.get({ apiVersion: 'v1', kind: 'Secret', ...destination }),
        cluster.get(caller),
      ])
    : [];
  const caBundle = calling === undefined ? undefined : bundleOf(calling);
  if (live !== undefined && caBundle !== undefined) return contentOf(live, caBundle, destination);
  const { certificate, key } = await makeServer(`${service}.${namespace}.svc`);
  return { public: { 'tls.crt': certificate }, private: { 'tls.key': key }, destination };
}

/**
 * What is in use stays: as the engine's own where it is complete and signed by itself, so that it can be put back too; else,
 * as with cert-manager, as somebody else's.
 */
function contentOf(
  live: KubernetesObject,
  caBundle: string,
  destination: NonNullable<NewSecret['destination']>,
): NewSecret {
  const known = Buffer.from(caBundle, 'base64').toString('utf8');
  const [certificate, key] = [entryOf(live, 'tls.crt'), entryOf(live, 'tls.key')];
  const isOthers = live.metadata.annotations?.['cert-manager.io/certificate-name'] !== undefined;
  if (isOthers || certificate?.trim() !== known.trim() || key === undefined)
    return { public: { 'ca.crt': known }, private: {} };
  return { public: { 'tls.crt': certificate }, private: { 'tls.key': key }, destination };
}

/** The certificates by which the API server knows a callee, in Base64; of a webhook configuration, those of its first. */
export function bundleOf(caller: KubernetesObject): string | undefined {
  const bundle =
    valueAt(caller.spec, 'caBundle') ??
    valueAt((caller.webhooks as unknown[] | undefined)?.[0], 'clientConfig.caBundle');
  return typeof bundle === 'string' && bundle !== '' ? bundle : undefined;
}
