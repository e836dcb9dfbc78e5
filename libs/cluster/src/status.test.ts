import { type KubernetesObject } from '@meshwright/model';
import { describe, expect, it } from 'vitest';
import { type ObjectState } from './conditions.ts';
import { statusOf } from './status.ts';

type Row = [title: string, kind: string, content: object, state: ObjectState, message?: string];

const ready = {
  replicas: 2,
  updatedReplicas: 2,
  availableReplicas: 2,
  readyReplicas: 2,
  observedGeneration: 1,
};
const condition = (type: string, status: string, more: object = {}) => ({ type, status, ...more });
const conditions = (...all: object[]) => ({ status: { conditions: all } });
const set = {
  desiredNumberScheduled: 3,
  currentNumberScheduled: 3,
  updatedNumberScheduled: 3,
  observedGeneration: 1,
};

const rows: Row[] = [
  ['a workload that is all there', 'apps/v1/Deployment', { spec: { replicas: 2 }, status: ready }, 'current'],
  [
    'a workload of no replicas',
    'apps/v1/Deployment',
    { spec: { replicas: 0 }, status: { observedGeneration: 1 } },
    'current',
  ],
  ['a workload nobody has seen', 'apps/v1/Deployment', { spec: {} }, 'inProgress', 'has not seen it'],
  [
    'a workload seen before its last change',
    'apps/v1/Deployment',
    { spec: { replicas: 2 }, status: { ...ready, observedGeneration: 0 } },
    'inProgress',
    'newest specification',
  ],
  [
    'old replicas that have not ended',
    'apps/v1/Deployment',
    { spec: { replicas: 2 }, status: { ...ready, replicas: 3 } },
    'inProgress',
    '1 old replicas',
  ],
  [
    'replicas that are not available',
    'apps/v1/Deployment',
    { spec: { replicas: 2 }, status: { ...ready, availableReplicas: 1 } },
    'inProgress',
    '1 of 2 replicas are available',
  ],
  [
    'a rollout past its deadline',
    'apps/v1/Deployment',
    { spec: {}, ...conditions(condition('Progressing', 'False', { reason: 'ProgressDeadlineExceeded' })) },
    'failed',
  ],
  [
    'pods that cannot be created',
    'apps/v1/Deployment',
    {
      status: {
        observedGeneration: 1,
        conditions: [condition('ReplicaFailure', 'True', { message: 'quota' })],
      },
    },
    'inProgress',
    'quota',
  ],
  [
    'a stateful set that rolls',
    'apps/v1/StatefulSet',
    {
      spec: { replicas: 2 },
      status: { ...ready, updatedReplicas: 1, currentRevision: 'a', updateRevision: 'b' },
    },
    'inProgress',
    '1 of 2 replicas are updated',
  ],
  [
    'a stateful set up to its partition',
    'apps/v1/StatefulSet',
    {
      spec: { replicas: 2, updateStrategy: { rollingUpdate: { partition: 1 } } },
      status: { ...ready, updatedReplicas: 1, currentRevision: 'a', updateRevision: 'b' },
    },
    'current',
  ],
  [
    'a daemon on all nodes',
    'apps/v1/DaemonSet',
    { status: { ...set, numberAvailable: 3, numberReady: 3 } },
    'current',
  ],
  ['a daemon without nodes', 'apps/v1/DaemonSet', { status: { observedGeneration: 1 } }, 'current'],
  [
    'a daemon that is missing on a node',
    'apps/v1/DaemonSet',
    { status: { ...set, numberAvailable: 2 } },
    'inProgress',
    '2 of 3',
  ],
  ['a job that runs', 'batch/v1/Job', { status: { active: 1 } }, 'inProgress', '0 of 1'],
  ['a job that is complete', 'batch/v1/Job', conditions(condition('Complete', 'True')), 'current'],
  [
    'a job that failed',
    'batch/v1/Job',
    conditions(condition('Failed', 'True', { reason: 'BackoffLimitExceeded' })),
    'failed',
  ],
  [
    'a pod that is ready',
    'v1/Pod',
    { status: { phase: 'Running', conditions: [condition('Ready', 'True')] } },
    'current',
  ],
  ['a pod that ended well', 'v1/Pod', { status: { phase: 'Succeeded' } }, 'current'],
  ['a pod that failed', 'v1/Pod', { status: { phase: 'Failed' } }, 'failed'],
  [
    'a pod that crashes',
    'v1/Pod',
    {
      status: {
        phase: 'Running',
        containerStatuses: [{ name: 'c', state: { waiting: { reason: 'CrashLoopBackOff' } } }],
      },
    },
    'failed',
  ],
  [
    'a pod without a node',
    'v1/Pod',
    { status: { phase: 'Pending', conditions: [condition('PodScheduled', 'False', { message: 'no fit' })] } },
    'inProgress',
    'no fit',
  ],
  ['a bound claim', 'v1/PersistentVolumeClaim', { status: { phase: 'Bound' } }, 'current'],
  ['a pending claim', 'v1/PersistentVolumeClaim', { status: { phase: 'Pending' } }, 'inProgress'],
  ['a service', 'v1/Service', { spec: { type: 'ClusterIP' } }, 'current'],
  [
    'a load balancer with a cluster address',
    'v1/Service',
    { spec: { type: 'LoadBalancer', clusterIP: '10.0.0.1' } },
    'current',
  ],
  ['a load balancer without one', 'v1/Service', { spec: { type: 'LoadBalancer' } }, 'inProgress'],
  ['a namespace that ends', 'v1/Namespace', { status: { phase: 'Terminating' } }, 'inProgress'],
  [
    'an established definition',
    'apiextensions.k8s.io/v1/CustomResourceDefinition',
    conditions(condition('NamesAccepted', 'True'), condition('Established', 'True')),
    'current',
  ],
  [
    'a definition whose names are taken',
    'apiextensions.k8s.io/v1/CustomResourceDefinition',
    conditions(condition('NamesAccepted', 'False', { message: 'taken' })),
    'failed',
    'taken',
  ],
  ['a definition that is new', 'apiextensions.k8s.io/v1/CustomResourceDefinition', {}, 'inProgress'],
  [
    'an API that answers',
    'apiregistration.k8s.io/v1/APIService',
    conditions(condition('Available', 'True')),
    'current',
  ],
  [
    'an API that does not answer',
    'apiregistration.k8s.io/v1/APIService',
    conditions(condition('Available', 'False', { message: 'no endpoints' })),
    'inProgress',
    'no endpoints',
  ],
  ['settings', 'v1/ConfigMap', {}, 'current'],
  ['a resource without a status', 'example.com/v1/Thing', { spec: {} }, 'current'],
  ['a resource that is ready', 'example.com/v1/Thing', conditions(condition('Ready', 'True')), 'current'],
  [
    'a gateway nobody has taken up',
    'gateway.networking.k8s.io/v1/Gateway',
    conditions(condition('Accepted', 'Unknown', { reason: 'Pending', message: 'waiting for controller' })),
    'inProgress',
    'Pending: waiting for controller',
  ],
  [
    'a condition about an older specification',
    'example.com/v1/Thing',
    conditions(condition('Ready', 'True', { observedGeneration: 0 })),
    'inProgress',
    'older specification',
  ],
  [
    'a stalled resource',
    'example.com/v1/Thing',
    conditions(condition('Stalled', 'True', { message: 'bad' })),
    'failed',
    'bad',
  ],
  [
    'a route one parent does not accept',
    'gateway.networking.k8s.io/v1/HTTPRoute',
    { status: { parents: [{ conditions: [condition('Accepted', 'False', { reason: 'NotAllowed' })] }] } },
    'inProgress',
    'NotAllowed',
  ],
];

describe('statusOf', () => {
  it.each(rows)('judges %s', (_title, kind, content, state, message) => {
    const status = statusOf(objectOf(kind, content));
    expect(status.state).toBe(state);
    if (message !== undefined) expect(status.message).toContain(message);
  });

  it('says what holds an object that is being deleted', () => {
    const object = objectOf('v1/ConfigMap', {});
    object.metadata.deletionTimestamp = '2026-01-01T00:00:00Z';
    object.metadata.finalizers = ['example.com/hold'];
    expect(statusOf(object)).toMatchObject({
      state: 'inProgress',
      message: expect.stringContaining('hold') as string,
    });
  });

  it('knows that what is not there is not found', () => {
    expect(statusOf(undefined).state).toBe('notFound');
  });
});

function objectOf(type: string, content: object): KubernetesObject {
  const slash = type.lastIndexOf('/');
  return {
    apiVersion: type.slice(0, slash),
    kind: type.slice(slash + 1),
    metadata: { name: 'it', namespace: 'ns', generation: 1 },
    ...content,
  };
}
