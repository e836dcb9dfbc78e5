import type { KubernetesObject } from '@meshwright/model';
import type { Desired } from './scenario.ts';

/** The pattern, and the namespace of its workloads. */
export const patternName = 'chaos';

/** How the harness marks what the standing admission policies refuse. */
export const Mark = {
  /** No apply of such an object is let through but a dry run. */
  refused: 'chaos.meshwright.dev/refused',
  /** No DELETE of such an object is let through. */
  undeletable: 'chaos.meshwright.dev/undeletable',
} as const;

const settingsCount = 4;

/** The objects of the workloads, all but the namespace itself. */
export function workloadsOf({ colour, extras }: Desired, options: { refused: boolean }): KubernetesObject[] {
  const data = { colour: String(colour) };
  const settings = Array.from({ length: settingsCount }, (_, place) =>
    configMap(`settings-${place + 1}`, data),
  );
  const refused = { ...configMap('refused', data) };
  refused.metadata = { ...refused.metadata, labels: { [Mark.refused]: 'true' } };
  return [
    ...settings,
    deployment(colour),
    ...further.slice(0, extras),
    ...(options.refused ? [refused] : []),
  ];
}

/** What may come and go, each of a kind that the inventory has to declare. */
const further: readonly KubernetesObject[] = [
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'extra-1' } },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'extra-2' }, rules: [] },
  {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'extra-3' },
    spec: { hard: { pods: '100' } },
  },
];

/** The resources of the objects that may come and go, in their order. */
export const extraResources = ['serviceaccount', 'role', 'resourcequota'] as const;

function configMap(name: string, data: Record<string, string>): KubernetesObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data };
}

/** Its pods roll with every colour and count a second later, so that there is something to wait for and to watch. */
function deployment(colour: number): KubernetesObject {
  const labels = { app: 'web' };
  const annotations = { colour: String(colour) };
  const spec = {
    terminationGracePeriodSeconds: 0,
    containers: [{ name: 'web', image: 'registry.example/web:1' }],
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', annotations },
    spec: {
      minReadySeconds: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels, annotations }, spec },
    },
  };
}
