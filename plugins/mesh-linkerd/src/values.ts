import { keptAnnotation, MutualTls, type PatternSnapshot } from '@meshwright/model';
import {
  type ChartValues,
  type ClusterPort,
  mergedValues,
  type PlanningContext,
  valueAt,
} from '@meshwright/plugin-sdk';
import { createdBy } from './installed.ts';
import { type ChartName, systemNamespace } from './names.ts';
import { digestOf } from './trust/digest.ts';
import { Scheme } from './trust/live.ts';
import type { Trust } from './trust/trust.ts';
import { calleeTrust, type CalleeTrust } from './trust/webhooks.ts';
import { edgeOfVersion } from './versions.ts';

type Spec = PatternSnapshot['pattern']['spec'];

/** The pattern's values with the plugin's own over them, and the Secrets that go with them. */
export async function controlPlaneValues(
  { spec, name, trust }: { spec: Spec; name: string; trust: Trust },
  context: PlanningContext,
): Promise<{ values: ChartValues; callees: CalleeTrust }> {
  const given = spec.mesh.values['linkerd-control-plane'] ?? {};
  const callees = await calleeTrust('linkerd-control-plane', spec.mesh, context);
  const live = await liveTexts(spec.mesh.version, context.cluster);
  const schedule = valueAt(given, 'heartbeatSchedule') ?? live.heartbeatSchedule ?? heartbeatOf(name);
  const own: ChartValues = {
    ...callees.values,
    ...(trust.numbers === undefined || trust.bundle === undefined
      ? {}
      : { identityTrustAnchorsPEM: trust.bundle }),
    ...(trust.numbers === undefined ? {} : { identity: identityValues(trust) }),
    ...policyValues(spec),
    ...(live.cliVersion === undefined ? {} : { cliVersion: live.cliVersion }),
    heartbeatSchedule: schedule,
  };
  return { values: mergedValues(given, own), callees };
}

/** The values of an extension: its namespace is a stage's own, so no Job has to label it after an install. */
export async function extensionValues(
  chart: ChartName,
  { mesh }: Spec,
  context: PlanningContext,
): Promise<{ values: ChartValues; callees: CalleeTrust }> {
  const callees = await calleeTrust(chart, mesh, context);
  const own = { ...callees.values, createNamespaceMetadataJob: false };
  return { values: mergedValues(mesh.values[chart] ?? {}, own), callees };
}

/**
 * With the older format the chart would write the issuer's Secret itself, and wants its content: the certificate is public,
 * the Secret it renders is left out, and so the key is none.
 */
function identityValues({ issuer }: Trust): ChartValues {
  const { scheme, certificate, secret } = issuer;
  const tls = scheme === Scheme.linkerd ? { tls: { crtPEM: certificate, keyPEM: 'kept elsewhere' } } : {};
  const mark = secret?.metadata.annotations?.[keptAnnotation];
  return {
    issuer: { scheme, ...tls },
    // A new issuer is there at once only in new pods.
    ...(mark === undefined ? {} : { podAnnotations: { 'meshwright.dev/issuer': mark } }),
  };
}

const inboundPolicies: Readonly<Record<MutualTls, string | undefined>> = {
  [MutualTls.strict]: 'all-authenticated',
  [MutualTls.permissive]: 'all-unauthenticated',
  [MutualTls.disabled]: undefined,
};

/** Meshed workloads always speak mutual TLS with each other; who else may ask is the default inbound policy. */
function policyValues({ security }: Spec): ChartValues {
  const policy = security?.mtls === undefined ? undefined : inboundPolicies[security.mtls];
  return policy === undefined ? {} : { proxy: { defaultInboundPolicy: policy } };
}

/**
 * What the chart makes of the moment and the tool it is rendered by, as the cluster has it already. The annotation stands
 * in the templates of pods: of the version that runs it is what it was, whoever installed it.
 */
async function liveTexts(
  version: string,
  cluster: ClusterPort,
): Promise<{ heartbeatSchedule: string | undefined; cliVersion: string | undefined }> {
  const place = { namespace: systemNamespace };
  const [heartbeat, destination] = await Promise.all([
    cluster.get({ ...place, apiVersion: 'batch/v1', kind: 'CronJob', name: 'linkerd-heartbeat' }),
    cluster.get({ ...place, apiVersion: 'apps/v1', kind: 'Deployment', name: 'linkerd-destination' }),
  ]);
  const schedule = valueAt(heartbeat?.spec, 'schedule');
  const tool = destination?.metadata.annotations?.[createdBy] ?? '';
  const isOfVersion = tool.startsWith('linkerd/cli ') && tool.endsWith(edgeOfVersion(version));
  return {
    heartbeatSchedule: typeof schedule === 'string' ? schedule : undefined,
    cliVersion: isOfVersion ? tool : undefined,
  };
}

/** Once a day at a time that depends on the pattern's name, so that not all clusters ask at once. */
function heartbeatOf(name: string): string {
  const [minute = 0, hour = 0] = Buffer.from(digestOf(name), 'hex');
  return `${minute % 60} ${hour % 24} * * *`;
}

/**
 * Whether the chart brings the Gateway API's CRDs: unless the pattern says otherwise, where nobody has brought them, or
 * an earlier Linkerd has (`CheckGatewayAPICRDs` of pkg/healthcheck in linkerd/linkerd2).
 */
export async function crdsValues({ mesh }: Spec, cluster: ClusterPort): Promise<ChartValues> {
  const given = mesh.values['linkerd-crds'] ?? {};
  const choices = ['installGatewayAPI', 'enableHttpRoutes', 'enableTlsRoutes', 'enableTcpRoutes'];
  if (choices.some((choice) => valueAt(given, choice) !== undefined)) return given;
  return { ...given, installGatewayAPI: !(await hasForeignGatewayApi(cluster)) };
}

/** Whether somebody else keeps the Gateway API's CRDs. */
export async function hasForeignGatewayApi(cluster: ClusterPort): Promise<boolean> {
  const definition = await cluster.get({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    name: 'httproutes.gateway.networking.k8s.io',
  });
  return definition !== undefined && definition.metadata.annotations?.[createdBy] === undefined;
}
