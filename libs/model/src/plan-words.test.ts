import { describe, expect, it } from 'vitest';
import type { ObjectReference } from './kubernetes.ts';
import { type MeshState, noChanges, type ObjectChange, PlanAction, type PlannedStage } from './plan.ts';
import { countWork, summarizeStage } from './plan-summary.ts';
import {
  describeAction,
  describeMesh,
  describePlanning,
  describeRestarts,
  describeWork,
  formatCounts,
  wantedMesh,
} from './plan-words.ts';

const mesh: MeshState = {
  type: 'istio',
  version: '1.31.0',
  mode: 'sidecar',
  revision: '1-31-0',
  enrolledNamespaces: [],
};
const meshBefore: MeshState = { ...mesh, version: '1.30.0', revision: '1-30-0' };

function settings(name: string): ObjectReference {
  return { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name };
}

function changed(name: string, change: ObjectChange['change']): ObjectChange {
  return { object: settings(name), change, fields: [] };
}

function stage(does: Partial<PlannedStage>): PlannedStage {
  const nothing = { objects: [], deletes: [], leftovers: [], releases: [], restarts: [], changes: [] };
  return { id: 'one', title: 'One', kind: 'prune', timeoutSeconds: 60, ...nothing, ...does };
}

describe('what a plan does', () => {
  it('is said with the version it leads from and the one it leads to', () => {
    const upgrade = { action: PlanAction.upgrade, mesh, meshBefore };
    expect(describeAction(upgrade)).toBe('upgrade istio 1.30.0 → 1.31.0 (sidecar)');
    expect(describeAction({ ...upgrade, action: PlanAction.uninstall })).toBe(
      'uninstall istio 1.31.0 (sidecar)',
    );
    expect(describeAction({ action: PlanAction.configure, mesh, meshBefore: mesh })).toBe(
      'configure istio 1.31.0 (sidecar)',
    );
    expect(describeAction({ action: PlanAction.none, mesh, meshBefore: mesh })).toBe(
      'nothing to change in istio 1.31.0 (sidecar)',
    );
  });

  it('is said in words, whatever its id is', () => {
    expect(describeAction({ action: PlanAction.rollBack, mesh: meshBefore, meshBefore: mesh })).toBe(
      'roll back istio 1.31.0 → 1.30.0 (sidecar)',
    );
  });

  it('names no version of a mesh that is to be uninstalled before it is known what is installed', () => {
    expect(describeMesh(wantedMesh(mesh, 'apply'))).toBe('istio 1.31.0');
    expect(describeMesh(wantedMesh(mesh, 'uninstall'))).toBe('istio');
    expect(describePlanning(mesh, { purpose: 'apply', cluster: 'local' })).toBe('plan istio 1.31.0 on local');
    expect(describePlanning(mesh, { purpose: 'uninstall', cluster: 'local' })).toBe(
      'plan to uninstall istio on local',
    );
  });
});

describe('what happens to objects', () => {
  const releasing = stage({
    changes: [changed('kept', 'update'), changed('own', 'update'), changed('gone', 'delete')],
    releases: [settings('kept')],
    leftovers: [
      { ...settings('made'), uid: 'a' },
      { ...settings('gone'), uid: 'b' },
    ],
  });

  it('is counted once: what is let go of is no update, what is deleted anyway no leftover', () => {
    expect(countWork([releasing])).toEqual({ ...noChanges, update: 1, delete: 1, release: 1, leftover: 1 });
    expect(formatCounts(countWork([releasing, stage({ changes: [changed('new', 'create')] })]))).toBe(
      '1 to create, 1 to update, 1 to delete, 1 leftover of the mesh to delete, 1 to release',
    );
  });

  it('is said of a stage as of the plan', () => {
    const restarts = [settings('one')];
    expect(describeWork(summarizeStage({ ...releasing, restarts }))).toBe(
      '-1 ~1, 1 leftover, 1 released, 1 restart',
    );
    expect(describeWork(summarizeStage(stage({ kind: 'verify' })))).toBe('only looks');
    expect(describeWork(summarizeStage(stage({})))).toBe('nothing to do');
  });

  it('is said of workloads too', () => {
    expect(describeRestarts({ workloads: 0, pods: 0 })).toBe('no workload restarts');
    expect(describeRestarts({ workloads: 1, pods: 1 })).toBe('1 workload with 1 pod restarts');
    expect(describeRestarts({ workloads: 2, pods: 5 })).toBe('2 workloads with 5 pods restart');
  });
});
