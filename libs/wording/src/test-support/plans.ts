import type { KubernetesObject, MeshState, ObjectReference, Plan, PlannedStage } from '@meshwright/model';

export const digest = `sha256:${'a1'.repeat(32)}` as const;
export const commit = '0123456789abcdef0123456789abcdef01234567';

export const meshState: MeshState = {
  type: 'istio',
  version: '1.31.0',
  mode: 'sidecar',
  revision: '1-31-0',
  enrolledNamespaces: ['checkout'],
};

export function object(kind: string, name: string, fields: Partial<KubernetesObject> = {}): KubernetesObject {
  return { apiVersion: 'v1', kind, metadata: { name, namespace: 'istio-system' }, ...fields };
}

/** A reference as `Deployment checkout/cart` writes it. */
export function reference(kind: string, name: string, apiVersion = 'v1'): ObjectReference {
  const [namespace, own] = name.split('/');
  return own === undefined
    ? { apiVersion, kind, name }
    : { apiVersion, kind, name: own, namespace: namespace ?? '' };
}

/** A stage that does nothing but what is given. */
export function stage(id: string, title: string, does: Partial<PlannedStage> = {}): PlannedStage {
  return {
    id,
    title,
    kind: 'apply',
    timeoutSeconds: 120,
    objects: [],
    deletes: [],
    leftovers: [],
    releases: [],
    restarts: [],
    changes: [],
    ...does,
  };
}

/** An upgrade of three stages with a way back. */
export function samplePlan(overrides: Partial<Plan> = {}): Plan {
  return {
    formatVersion: 3,
    cluster: 'local',
    pattern: 'checkout-mesh',
    repository: 'patterns',
    snapshot: digest,
    purpose: 'apply',
    action: 'upgrade',
    mesh: meshState,
    meshBefore: { ...meshState, version: '1.30.2', revision: '1-30-2' },
    force: false,
    restartsAtOnce: 5,
    preflight: [
      { title: 'Version skew', state: 'passed', note: '1.30 to 1.31 is one minor version.' },
      { title: 'Webhooks', state: 'passed', note: 'Every webhook has an endpoint.' },
      { title: 'Deprecated API', state: 'warning', note: 'VirtualService checkout/cart uses v1alpha3.' },
    ],
    warnings: ['Istio 1.31 drops the API v1alpha3.'],
    confirmations: [],
    blastRadius: { namespaces: ['checkout', 'shop'], workloads: 2, pods: 5 },
    stages: [controlPlane(), restart(), prune()],
    rollback: [
      {
        ...stage('undo-prune', 'Put back what was removed', {
          changes: [{ object: reference('Service', 'checkout/old'), change: 'create', fields: [] }],
        }),
        undoes: ['prune'],
      },
      {
        ...stage('undo-restart', 'Restart what was restarted', {
          kind: 'restart',
          restarts: restart().restarts,
        }),
        undoes: ['restart', 'control-plane'],
      },
    ],
    ...overrides,
  };
}

function controlPlane(): PlannedStage {
  return stage('control-plane', 'Control plane', {
    requires: 'the custom resource definitions are established',
    objects: [object('ConfigMap', 'istio', { data: { mesh: 'a: 1\n' } })],
    meshStage: 'control-plane',
    changes: [
      { object: reference('Namespace', 'istio-system'), change: 'unchanged', fields: [] },
      {
        object: reference('ServiceAccount', 'istio-system/istiod'),
        change: 'create',
        fields: [],
        predicted: true,
      },
      {
        object: reference('Deployment', 'istio-system/istiod', 'apps/v1'),
        change: 'update',
        fields: [
          { path: '/spec/replicas', before: 1, after: 2, driftedBy: ['kubectl-edit'] },
          { path: '/metadata/labels/tier', after: 'gold' },
          { path: '/spec/paused', before: true },
        ],
      },
    ],
  });
}

function restart(): PlannedStage {
  return stage('restart', 'Restart workloads', {
    kind: 'restart',
    timeoutSeconds: 300,
    requires: 'every control plane pod is ready',
    restarts: [
      reference('Deployment', 'checkout/cart', 'apps/v1'),
      reference('Deployment', 'shop/web', 'apps/v1'),
    ],
  });
}

function prune(): PlannedStage {
  return stage('prune', 'Remove what is gone', {
    kind: 'prune',
    deletes: [reference('Service', 'checkout/old')],
    changes: [
      {
        object: reference('Service', 'checkout/old'),
        change: 'delete',
        fields: [],
        cascade: { total: 1, sample: ['EndpointSlice checkout/old-x7k2p'] },
      },
    ],
  });
}

/** An uninstall that has to be confirmed and has no way back. */
export function uninstallPlan(): Plan {
  const { meshBefore, ...plan } = samplePlan();
  const crd = 'virtualservices.networking.istio.io';
  const crds = reference('CustomResourceDefinition', crd, 'apiextensions.k8s.io/v1');
  return {
    ...plan,
    purpose: 'uninstall',
    action: 'uninstall',
    meshBefore: { ...meshState, ...(meshBefore === undefined ? {} : { version: meshState.version }) },
    warnings: [],
    preflight: [],
    confirmations: ['It takes the mesh away: 2 workloads leave it.'],
    rollback: [],
    stages: [
      stage('leave', 'Workloads leave the mesh', { kind: 'restart', restarts: restart().restarts }),
      stage('definitions', 'Custom resource definitions', {
        kind: 'prune',
        deletes: [crds],
        changes: [
          {
            object: crds,
            change: 'delete',
            fields: [],
            cascade: { total: 12, sample: ['VirtualService checkout/cart', 'VirtualService shop/web'] },
          },
        ],
      }),
      stage('leftovers', 'What the mesh made', {
        kind: 'prune',
        leftovers: [{ ...reference('ConfigMap', 'checkout/istio-ca-root-cert'), uid: '1' }],
      }),
      stage('release', 'What stays', { kind: 'prune', releases: [reference('Namespace', 'checkout')] }),
    ],
  };
}

/** An adoption of what Helm installed, where nothing but owners change. */
export function adoptionPlan(): Plan {
  return samplePlan({
    action: 'adopt',
    force: true,
    meshBefore: meshState,
    warnings: [],
    preflight: [],
    blastRadius: { namespaces: [], workloads: 0, pods: 0 },
    rollback: [],
    stages: [
      stage('control-plane', 'Control plane', {
        changes: [
          {
            object: reference('Deployment', 'istio-system/istiod', 'apps/v1'),
            change: 'unchanged',
            fields: [],
            owners: { before: { helm: 42, 'kube-controller-manager': 3 }, after: { meshwright: 42 } },
          },
        ],
      }),
    ],
  });
}
