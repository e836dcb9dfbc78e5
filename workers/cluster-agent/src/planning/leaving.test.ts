import type { KubernetesObject, MeshSpec } from '@meshwright/model';
import { describe, expect, it } from 'vitest';
import { enrolledAmong, type EnrollingPlugin, withoutEnrollment } from './enrollment.ts';
import { emptyStage } from './stage.ts';
import { composeUninstall } from './uninstall.ts';

const mesh: MeshSpec = {
  type: 'any',
  version: '1.0.0',
  mode: 'ambient',
  upgrade: 'canary',
  components: [],
  values: {},
};

/** The one verb of a plugin that is asked here. */
const plugin = {
  capabilities: { modes: [], enroll: true, mutualTls: false, canaryUpgrade: false },
  enroll: ({ waypoint }: { waypoint: boolean }) => ({
    labels: { mesh: 'in', ...(waypoint ? { waypoint: 'own' } : {}) },
    annotations: {},
    removeLabels: [],
  }),
} as unknown as EnrollingPlugin;

/** A live namespace that Meshwright gave these labels. */
function namespace(labels: Record<string, string>): KubernetesObject {
  const fields = Object.fromEntries(Object.keys(labels).map((label) => [`f:${label}`, {}]));
  const entry = { manager: 'meshwright', operation: 'Apply', apiVersion: 'v1', fieldsType: 'FieldsV1' };
  const managedFields = [{ ...entry, fieldsV1: { 'f:metadata': { 'f:labels': fields } } }];
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels, managedFields } };
}

describe('a namespace that leaves the mesh', () => {
  it('loses the label of its waypoint with that of the mesh, and nothing else', () => {
    const [left] = withoutEnrollment(plugin, mesh, [namespace({ mesh: 'in', waypoint: 'own', team: 'a' })]);
    expect(left).toMatchObject({
      namespace: { metadata: { labels: { team: 'a' } } },
      labels: ['mesh', 'waypoint'],
    });
    expect(left?.namespace.metadata.labels).toEqual({ team: 'a' });
  });

  it('keeps a waypoint of somebody else', () => {
    const [left] = withoutEnrollment(plugin, mesh, [namespace({ mesh: 'in', waypoint: 'other' })]);
    expect(left).toMatchObject({
      namespace: { metadata: { labels: { waypoint: 'other' } } },
      labels: ['mesh'],
    });
  });
});

describe('a mesh that enrolls by an annotation', () => {
  const annotating = {
    ...plugin,
    enroll: () => ({ labels: {}, annotations: { inject: 'enabled' }, removeLabels: [] }),
  } as unknown as EnrollingPlugin;

  function annotated(value: string): KubernetesObject {
    const live = namespace({ team: 'a' });
    const [entry] = live.metadata.managedFields as { fieldsV1: Record<string, object> }[];
    Object.assign(entry?.fieldsV1['f:metadata'] ?? {}, { 'f:annotations': { 'f:inject': {} } });
    return { ...live, metadata: { ...live.metadata, annotations: { inject: value, other: 'x' } } };
  }

  it('has the namespaces that carry it', () => {
    expect(enrolledAmong(annotating, mesh, [annotated('enabled')])).toEqual(['shop']);
    expect(enrolledAmong(annotating, mesh, [annotated('disabled'), namespace({ team: 'a' })])).toEqual([]);
  });

  it('lets them go without it', () => {
    const [left] = withoutEnrollment(annotating, mesh, [annotated('enabled')]);
    expect(left).toMatchObject({ labels: [], annotations: ['inject'] });
    expect(left?.namespace.metadata.annotations).toEqual({});
    expect(left?.namespace.metadata.labels).toEqual({ team: 'a' });
  });
});

describe('the order of uninstalling', () => {
  it('lets the mesh look once its workloads have left, before anything is deleted', () => {
    const stage = (id: string) =>
      emptyStage({ id, title: id, kind: 'verify', timeoutSeconds: 60, meshStage: id });
    const stages = composeUninstall({
      prepare: [stage('first')],
      settle: [stage('left')],
      leaving: [namespace({ team: 'a' })],
      meshed: [],
      members: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', namespace: 'mesh', name: 'proxy' }],
      workloads: new Set(),
      configuration: new Set(),
      leftovers: [],
      restartsAtOnce: 5,
    });
    expect(stages.map(({ id }) => id)).toEqual(['first', 'leave', 'left', 'mesh']);
  });
});
