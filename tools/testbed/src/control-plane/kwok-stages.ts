import { KUBERNETES_VERSION } from '../parts/catalogue.ts';

/** A pod with this annotation stays unready, so that tests can see what waits for it. */
export const NEVER_READY_ANNOTATION = 'testbed.meshwright.dev/never-ready';

/** One step in the life of an object that kwok plays (kwok.x-k8s.io/v1alpha1, https://kwok.sigs.k8s.io/docs/user/stages-configuration/). */
interface Stage {
  readonly name: string;
  readonly kind: 'Node' | 'Pod';
  readonly when: readonly Expression[];
  readonly delay?: { readonly durationMilliseconds: number; readonly jitterDurationMilliseconds: number };
  readonly next: { readonly statusTemplate: string } | { readonly delete: true };
}

interface Expression {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values?: readonly string[];
}

const readyStatus = '.status.conditions.[] | select( .type == "Ready" ) | .status';
const alive: Expression = { key: '.metadata.deletionTimestamp', operator: 'DoesNotExist' };

const nodeConditions = `
{{ $now := Now }}
{{ $since := or .metadata.creationTimestamp $now }}
conditions:
{{ range NodeConditions }}
- type: {{ .type | Quote }}
  status: {{ .status | Quote }}
  reason: {{ .reason | Quote }}
  message: {{ .message | Quote }}
  lastHeartbeatTime: {{ $now | Quote }}
  lastTransitionTime: {{ $since | Quote }}
{{ end }}
`;

const nodeIdentity = `
addresses:
- type: InternalIP
  address: {{ NodeIP | Quote }}
- type: Hostname
  address: {{ .metadata.name | Quote }}
nodeInfo:
  architecture: amd64
  operatingSystem: linux
  bootID: ""
  machineID: ""
  systemUUID: ""
  osImage: ""
  kernelVersion: kwok
  containerRuntimeVersion: kwok
  kubeletVersion: v${KUBERNETES_VERSION}
  kubeProxyVersion: ""
phase: Running
`;

const podConditions = `
{{ $now := Now }}
conditions:
{{ range list "Initialized" "Ready" "ContainersReady" }}
- type: {{ . | Quote }}
  status: "True"
  lastTransitionTime: {{ $now | Quote }}
{{ end }}
{{ range .spec.readinessGates }}
- type: {{ .conditionType | Quote }}
  status: "True"
  lastTransitionTime: {{ $now | Quote }}
{{ end }}
`;

const podContainers = `
containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  ready: true
  started: true
  restartCount: 0
  state:
    running:
      startedAt: {{ $now | Quote }}
{{ end }}
initContainerStatuses:
{{ range .spec.initContainers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  ready: true
  restartCount: 0
  {{ if eq .restartPolicy "Always" }}
  started: true
  state:
    running:
      startedAt: {{ $now | Quote }}
  {{ else }}
  state:
    terminated:
      exitCode: 0
      reason: Completed
      startedAt: {{ $now | Quote }}
      finishedAt: {{ $now | Quote }}
  {{ end }}
{{ end }}
`;

const podAddresses = `
{{ with NodeIPsWith .spec.nodeName }}
hostIP: {{ index . 0 | Quote }}
hostIPs:
{{ range . }}
- ip: {{ . | Quote }}
{{ end }}
{{ end }}
{{ with PodIPsWith .spec.nodeName ( or .spec.hostNetwork false ) ( or .metadata.uid "" ) ( or .metadata.name "" ) ( or .metadata.namespace "" ) }}
podIP: {{ index . 0 | Quote }}
podIPs:
{{ range . }}
- ip: {{ . | Quote }}
{{ end }}
{{ end }}
phase: Running
startTime: {{ $now | Quote }}
`;

const podSucceeded = `
{{ $now := Now }}
containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  ready: false
  started: false
  restartCount: 0
  state:
    terminated:
      exitCode: 0
      reason: Completed
      startedAt: {{ $now | Quote }}
      finishedAt: {{ $now | Quote }}
{{ end }}
phase: Succeeded
`;

/** Nodes become and stay ready; pods become ready at once, pods of Jobs succeed, and deleted pods go. */
const stages: readonly Stage[] = [
  {
    name: 'node-initialize',
    kind: 'Node',
    when: [{ key: readyStatus, operator: 'NotIn', values: ['True'] }],
    next: { statusTemplate: nodeConditions + nodeIdentity },
  },
  {
    name: 'node-heartbeat',
    kind: 'Node',
    when: [{ key: readyStatus, operator: 'In', values: ['True'] }],
    // Well within the 50 s after which the node lifecycle controller gives a node up.
    delay: { durationMilliseconds: 15_000, jitterDurationMilliseconds: 20_000 },
    next: { statusTemplate: nodeConditions },
  },
  {
    name: 'pod-ready',
    kind: 'Pod',
    when: [
      alive,
      { key: '.status.phase', operator: 'In', values: ['Pending'] },
      { key: readyStatus, operator: 'NotIn', values: ['True'] },
      { key: `.metadata.annotations["${NEVER_READY_ANNOTATION}"]`, operator: 'DoesNotExist' },
    ],
    next: { statusTemplate: podConditions + podContainers + podAddresses },
  },
  {
    name: 'pod-succeeded',
    kind: 'Pod',
    when: [
      alive,
      { key: '.status.phase', operator: 'In', values: ['Running'] },
      { key: '.metadata.ownerReferences.[].kind', operator: 'In', values: ['Job'] },
    ],
    next: { statusTemplate: podSucceeded },
  },
  {
    name: 'pod-deleted',
    kind: 'Pod',
    when: [{ key: '.metadata.deletionTimestamp', operator: 'Exists' }],
    next: { delete: true },
  },
];

/** The stages as kwok reads them, one document each. */
export function kwokStages(): object[] {
  return stages.map(({ name, kind, when, delay, next }) => ({
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'Stage',
    metadata: { name },
    spec: {
      resourceRef: { apiGroup: 'v1', kind },
      selector: { matchExpressions: when },
      ...(delay === undefined ? {} : { delay }),
      next,
    },
  }));
}
