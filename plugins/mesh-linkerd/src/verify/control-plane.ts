import {
  availabilityOf,
  checkKinds,
  type ClusterPort,
  Deployment,
  endpointProblems,
  type PluginContext,
  type Verification,
  type VerifyChange,
  waitingFor,
} from '@meshwright/plugin-sdk';
import { systemNamespace } from '../names.ts';
import { edgeOfVersion, versionOfEdge } from '../versions.ts';

/** The server serves the kinds Linkerd watches. */
export const checkDefinitions = checkKinds('Linkerd', [
  ['linkerd.io/v1alpha2', 'ServiceProfile'],
  ['policy.linkerd.io/v1alpha1', 'AuthorizationPolicy'],
  ['gateway.networking.k8s.io/v1', 'HTTPRoute'],
]);

const components: Readonly<Record<string, readonly string[]>> = {
  'linkerd-identity': ['linkerd-identity'],
  'linkerd-destination': [
    'linkerd-dst',
    'linkerd-policy',
    'linkerd-sp-validator',
    'linkerd-policy-validator',
  ],
  'linkerd-proxy-injector': ['linkerd-proxy-injector'],
};

/** Each component runs as its Deployment says, in the wanted version, and its Services have somebody behind them. */
export async function checkControlPlane(
  { mesh: { version } }: VerifyChange,
  { cluster }: PluginContext,
): Promise<Verification> {
  const waiting = await Promise.all(
    Object.entries(components).map(async ([name, services]) => [
      ...(await deploymentProblems(name, version, cluster)),
      ...(
        await Promise.all(
          services.map((service) => endpointProblems({ namespace: systemNamespace, name: service }, cluster)),
        )
      ).flat(),
    ]),
  );
  return waitingFor(
    waiting.flat(),
    `the control plane of ${edgeOfVersion(version)} serves identity, discovery, policy and injection`,
  );
}

async function deploymentProblems(name: string, version: string, cluster: ClusterPort): Promise<string[]> {
  const reference = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: systemNamespace, name };
  const object = await cluster.get(reference);
  if (object === undefined) return [`Deployment ${systemNamespace}/${name} is not there`];
  const deployment = Deployment.parse(object);
  const running = versionOfEdge(deployment.metadata.labels['app.kubernetes.io/version'] ?? '');
  if (running !== version)
    return [`Deployment ${systemNamespace}/${name} is of ${running ?? 'no known version'}`];
  const problem = availabilityOf(deployment);
  return problem === undefined ? [] : [problem];
}
