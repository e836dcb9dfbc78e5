import { setTimeout as delay } from 'node:timers/promises';
import type { Scene } from '@meshwright/quickstart/test-support';
import { stringify } from 'yaml';
import type { SeenRequest } from '../proxy/requests.ts';

const group = 'admissionregistration.k8s.io/v1';
const name = 'chaos-injection';
const lookMilliseconds = 300;

/**
 * Does what the webhook of a simulated istiod cannot: pods of enrolled namespaces get a sidecar of the revision that the
 * tag `default` names when they are made, and none while there is no tag.
 */
export function injectionPolicy(): string {
  const sidecar = `Object.spec.containers{name: "istio-proxy", image: "registry.example/proxyv2"}`;
  const status = `'{"revision":"' + params.metadata.labels['istio.io/rev'] + '"}'`;
  const object = `Object{metadata: Object.metadata{annotations: {"sidecar.istio.io/status": ${status}}}, spec: Object.spec{containers: [${sidecar}]}}`;
  const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] };
  const enrolled = { matchLabels: { 'istio-injection': 'enabled' } };
  const policy = {
    apiVersion: group,
    kind: 'MutatingAdmissionPolicy',
    metadata: { name },
    spec: {
      paramKind: { apiVersion: group, kind: 'MutatingWebhookConfiguration' },
      matchConstraints: { namespaceSelector: enrolled, resourceRules: [rule] },
      mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression: object } }],
      failurePolicy: 'Fail',
      reinvocationPolicy: 'Never',
    },
  };
  const tag = { name: 'istio-revision-tag-default', parameterNotFoundAction: 'Allow' };
  const binding = {
    apiVersion: group,
    kind: 'MutatingAdmissionPolicyBinding',
    metadata: { name },
    spec: { policyName: name, paramRef: tag },
  };
  return [policy, binding].map((each) => stringify(each)).join('---\n');
}

/** Keeps the webhooks of simulated control planes from being called, for nothing answers there. */
export function silenceWebhooks(scene: Scene): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const loop = (async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      // Something may be deleted between the look and the change, or the API server away: the next look is soon.
      await silence(scene).catch(() => undefined);
      await delay(lookMilliseconds, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await loop;
    },
  };
}

interface Configuration {
  metadata: { name: string };
  webhooks?: { name: string; matchConditions?: unknown[] }[];
}

async function silence({ kubectl }: Scene): Promise<void> {
  const text = await kubectl('get', 'mutatingwebhookconfigurations', '--output=json');
  const { items } = JSON.parse(text) as { items: Configuration[] };
  for (const { metadata, webhooks = [] } of items) {
    if (webhooks.every(({ matchConditions }) => matchConditions !== undefined)) continue;
    const never = { name: 'simulated', expression: 'false' };
    const patch = webhooks.map((_, place) => ({
      op: 'add',
      path: `/webhooks/${place}/matchConditions`,
      value: [never],
    }));
    const object = ['mutatingwebhookconfiguration', metadata.name];
    await kubectl('patch', ...object, '--type=json', '--patch', JSON.stringify(patch));
  }
}

const answers: Record<string, string> = {
  'pods/proxy/metrics': 'pilot_xds{version="simulated"} 100\n',
  'pods/proxy/stats/prometheus': [
    'envoy_cluster_manager_cds_update_success{} 1',
    'envoy_listener_manager_lds_update_success{} 1',
    'envoy_cluster_upstream_rq_active{cluster_name="xds-grpc"} 1\n',
  ].join('\n'),
};

/** What the pods of a mesh would answer through the API server: simulated ones answer nothing. */
export function answerOfPod({ resource }: SeenRequest): string | undefined {
  return answers[resource];
}
