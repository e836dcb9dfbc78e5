import type { ObjectDiff } from '@meshwright/cluster';
import {
  Change,
  type KubernetesObject,
  type MeshState,
  type ObjectReference,
  referenceKey,
  referenceOf,
  StageKind,
} from '@meshwright/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyStage, type Part, plannedStage } from './stage.ts';
import { type ComparedStage, composeWayBack } from './undo.ts';

const meshBefore: MeshState = {
  type: 'small',
  version: '1.0.0',
  mode: 'sidecar',
  revision: '1-0-0',
  enrolledNamespaces: ['shop'],
};

function wayBackOf(stages: readonly ComparedStage[]) {
  return composeWayBack(stages, { meshBefore, restartsAtOnce: 5 });
}

function configMap(name: string): KubernetesObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'shop' } };
}

function workload(name: string): ObjectReference {
  return { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name };
}

/** What happens to one object of a generated stage. */
interface Fate {
  change: Change;
  foreign: boolean;
  /** Whether what was there before is known. */
  known: boolean;
  isWorkload: boolean;
}

interface StageParts {
  part: Part;
  fates: Fate[];
  restarts: number;
}

const fate = fc.record<Fate>({
  change: fc.constantFrom(Change.create, Change.update, Change.delete, Change.unchanged),
  foreign: fc.boolean(),
  known: fc.boolean(),
  isWorkload: fc.boolean(),
});
const stageOf = (part: Part) =>
  fc.record<StageParts>({
    part: fc.constant(part),
    fates: fc.array(fate, { maxLength: 5 }),
    restarts: fc.nat(2),
  });
/** Stages in the order of a plan. */
const change = fc
  .tuple(
    fc.array(stageOf('prepare'), { maxLength: 3 }),
    fc.array(stageOf('switch-over'), { maxLength: 2 }),
    fc.array(stageOf('change'), { maxLength: 5 }),
  )
  .map((parts) => parts.flat().map(stageFrom));

function stageFrom({ part, fates, restarts }: StageParts, index: number): ComparedStage {
  const named = fates.map((each, position) => ({ ...each, object: objectOf(each, `${index}-${position}`) }));
  const deleted = named.filter((each) => each.change === Change.delete);
  const compared = named.filter((each) => each.change !== Change.delete).map(comparedFrom);
  const composed = emptyStage({
    id: `stage-${index}`,
    title: `Stage ${index}`,
    kind: StageKind.apply,
    timeoutSeconds: 60,
    part,
    deletes: deleted.map(({ object }) => referenceOf(object)),
    restarts: Array.from({ length: restarts }, (_, position) => workload(`restarted-${index}-${position}`)),
  });
  return {
    part,
    stage: plannedStage(
      composed,
      compared.map((each) => each.change),
    ),
    compared,
    removed: deleted.filter(({ known }) => known).map(({ object }) => object),
  };
}

function objectOf({ isWorkload }: Fate, name: string): KubernetesObject {
  if (!isWorkload) return configMap(name);
  const { apiVersion, kind, ...metadata } = workload(name);
  return { apiVersion, kind, metadata };
}

function comparedFrom({
  change: kind,
  foreign,
  known,
  object,
}: Fate & { object: KubernetesObject }): ObjectDiff {
  const fields = kind === Change.update ? [{ path: '/spec/template/metadata/labels/a', after: 'b' }] : [];
  const isUpdate = kind === Change.update;
  return {
    change: { object: referenceOf(object), change: kind, fields },
    foreign: isUpdate && foreign,
    ...(isUpdate && known ? { previous: object } : {}),
  };
}

function keys(references: readonly ObjectReference[]): string[] {
  return references.map(referenceKey).sort();
}

/** A temporary stage of objects that meet these fates, and its end. */
function temporary(...changes: Change[]): ComparedStage[] {
  const objects = changes.map((kind, index) => ({ kind, object: configMap(`checks-${index}`) }));
  const named = { title: 'Checks', timeoutSeconds: 60, part: 'prepare', temporary: true } as const;
  const diffs = objects.map(({ kind, object }) =>
    comparedFrom({ change: kind, foreign: false, known: true, isWorkload: false, object }),
  );
  const checks = emptyStage({
    ...named,
    id: 'checks',
    kind: StageKind.apply,
    objects: objects.map(({ object }) => object),
  });
  const deletes = checks.objects.map(referenceOf);
  const end = emptyStage({ ...named, id: 'checks-end', kind: StageKind.prune, deletes });
  const common = { part: named.part, temporary: named.temporary, removed: [] };
  const changed = diffs.map(({ change: each }) => each);
  return [
    { ...common, stage: plannedStage(checks, changed), compared: diffs },
    { ...common, stage: plannedStage(end, []), compared: [] },
  ];
}

describe('the way back of what is temporary', () => {
  it('deletes it, also what an interrupted change had left, and never brings it back', () => {
    const { rollback, warnings } = wayBackOf(temporary(Change.create, Change.update, Change.unchanged));
    expect(rollback).toMatchObject([{ id: 'undo-checks', objects: [], undoes: ['checks'] }]);
    expect(rollback[0]?.deletes.map(({ name }) => name)).toEqual(['checks-0', 'checks-1', 'checks-2']);
    expect(warnings).toEqual([]);
  });
});

describe('the way back of any change', () => {
  it('deletes what a stage creates, in the undo of that stage', () => {
    fc.assert(
      fc.property(change, (stages) => {
        const { rollback } = wayBackOf(stages);
        for (const { stage, compared } of stages) {
          const created = compared.filter(({ change: each }) => each.change === Change.create);
          const undo = rollback.find(({ id }) => id === `undo-${stage.id}`);
          expect(keys(undo?.deletes ?? [])).toEqual(keys(created.map(({ change: each }) => each.object)));
        }
      }),
    );
  });

  it('puts back what a stage updates or deletes, or says why not', () => {
    fc.assert(
      fc.property(change, (stages) => {
        const { rollback, warnings } = wayBackOf(stages);
        for (const { stage, compared } of stages) {
          const undo = rollback.find(({ id }) => id === `undo-${stage.id}`);
          const restored = new Set((undo?.objects ?? []).map((object) => referenceKey(referenceOf(object))));
          const updated = compared.filter(({ change: each }) => each.change === Change.update);
          for (const object of [...stage.deletes, ...updated.map(({ change: each }) => each.object)]) {
            const isNamed = warnings.some((warning) => warning.includes(`/${object.name} is not put back`));
            expect(restored.has(referenceKey(object))).toBe(!isNamed);
          }
        }
      }),
    );
  });

  it('lets go of what was not ours before, and of nothing else', () => {
    fc.assert(
      fc.property(change, (stages) => {
        const { rollback } = wayBackOf(stages);
        const foreign = stages.flatMap(({ compared }) => compared.filter((each) => each.foreign));
        const released = rollback.flatMap(({ releases }) => releases);
        expect(keys(released)).toEqual(keys(foreign.map(({ change: each }) => each.object)));
      }),
    );
  });

  it('leaves alone what does not change', () => {
    fc.assert(
      fc.property(change, (stages) => {
        const { rollback } = wayBackOf(stages);
        const touched = new Set(
          rollback.flatMap(({ objects, deletes, releases }) =>
            keys([...objects.map(referenceOf), ...deletes, ...releases]),
          ),
        );
        for (const { change: each } of stages.flatMap(({ compared }) => compared)) {
          if (each.change === Change.unchanged) expect(touched.has(referenceKey(each.object))).toBe(false);
        }
      }),
    );
  });

  it('goes newest first, and takes the preparation back after all else', () => {
    fc.assert(
      fc.property(change, (stages) => {
        const { rollback } = wayBackOf(stages);
        const position = (id: string): number => stages.findIndex(({ stage }) => `undo-${stage.id}` === id);
        const undone = rollback.map(({ id }) => position(id)).filter((index) => index !== -1);
        expect(undone).toEqual(undone.toSorted((left, right) => right - left));
        const helpers = rollback.map(({ id }) => ['undo-restart', 'undo-verify'].includes(id));
        const firstPreparation = rollback.findIndex(({ id }) => stages[position(id)]?.part === 'prepare');
        if (firstPreparation !== -1) expect(helpers.lastIndexOf(true)).toBeLessThan(firstPreparation);
      }),
    );
  });

  it('has ids of its own, and undoes only stages of the change', () => {
    fc.assert(
      fc.property(change, (stages) => {
        const { rollback } = wayBackOf(stages);
        const forward = stages.map(({ stage }) => stage.id);
        const ids = [...forward, ...rollback.map(({ id }) => id)];
        expect(new Set(ids).size).toBe(ids.length);
        for (const { undoes } of rollback) {
          expect(undoes.length).toBeGreaterThan(0);
          expect(forward).toEqual(expect.arrayContaining(undoes));
        }
      }),
    );
  });

  it('restarts every workload once that the change restarts', () => {
    fc.assert(
      fc.property(change, (stages) => {
        const { rollback } = wayBackOf(stages);
        const restarts = keys(rollback.flatMap((stage) => stage.restarts));
        expect(new Set(restarts).size).toBe(restarts.length);
        expect(restarts).toEqual(expect.arrayContaining(keys(stages.flatMap(({ stage }) => stage.restarts))));
      }),
    );
  });

  it('is empty when nothing changes', () => {
    const idle = fc.array(
      fc.record<StageParts>({
        part: fc.constantFrom('prepare', 'switch-over', 'change'),
        fates: fc.array(fate.map((each) => ({ ...each, change: Change.unchanged }))),
        restarts: fc.constant(0),
      }),
    );
    fc.assert(
      fc.property(idle, (parts) => {
        expect(wayBackOf(parts.map(stageFrom))).toEqual({ rollback: [], warnings: [] });
      }),
    );
  });
});

describe('what is done between the undos', () => {
  const update = (isWorkload: boolean): Fate => ({
    change: Change.update,
    foreign: false,
    known: true,
    isWorkload,
  });
  const stages = (parts: StageParts[]): ComparedStage[] => parts.map(stageFrom);

  it('verifies the mesh as it was, where there was one and it was disturbed', () => {
    const switched = stages([{ part: 'switch-over', fates: [update(false)], restarts: 0 }]);
    expect(wayBackOf(switched).rollback.map(({ id }) => id)).toEqual(['undo-stage-0', 'undo-verify']);
    expect(
      composeWayBack(switched, { meshBefore: undefined, restartsAtOnce: 5 }).rollback.map(({ id }) => id),
    ).toEqual(['undo-stage-0']);
    const configured = stages([{ part: 'change', fates: [update(false)], restarts: 0 }]);
    expect(wayBackOf(configured).rollback.map(({ id }) => id)).toEqual(['undo-stage-0']);
  });

  it('restarts what is put back while the mesh of after still takes its pods in', () => {
    const put: StageParts = { part: 'change', fates: [update(true)], restarts: 0 };
    const switching: StageParts = { part: 'switch-over', fates: [update(false)], restarts: 0 };
    const restarts = (parts: StageParts[]) =>
      wayBackOf(stages(parts)).rollback.flatMap((stage) => stage.restarts.map(({ name }) => name));
    expect(restarts([switching, put])).toEqual(['1-0']);
    expect(restarts([put])).toEqual([]);
  });

  it('gives what was deleted the time to come up again', () => {
    const pruned = stages([
      { part: 'change', fates: [{ ...update(true), change: Change.delete }], restarts: 0 },
    ]);
    expect(wayBackOf(pruned).rollback[0]?.timeoutSeconds).toBe(600);
  });
});

describe('the way back of an installation', () => {
  const created = { change: Change.create, foreign: false, known: true, isWorkload: false };
  const ofMesh = (index: number): ComparedStage => {
    const composed = stageFrom({ part: 'prepare', fates: [created], restarts: 0 }, index);
    return { ...composed, stage: { ...composed.stage, meshStage: composed.stage.id } };
  };

  const namespace: KubernetesObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'mesh' } };
  const withNamespace = (stage: ComparedStage): ComparedStage => {
    const diff = comparedFrom({ ...created, object: namespace });
    return { ...stage, compared: [diff, ...stage.compared] };
  };

  it('deletes what the mesh made by itself, and the namespaces it lay in only then', () => {
    const circumstances = { meshBefore: undefined, restartsAtOnce: 5 };
    const { rollback } = composeWayBack([withNamespace(ofMesh(0)), ofMesh(1)], circumstances);
    expect(rollback.map(({ id, sweeps }) => [id, sweeps])).toEqual([
      ['undo-stage-1', undefined],
      ['undo-stage-0', undefined],
      ['undo-leftovers', true],
      ['undo-namespaces', undefined],
    ]);
    const [, oldest, leftovers, namespaces] = rollback;
    expect(leftovers?.undoes).toEqual(['stage-0', 'stage-1']);
    expect(namespaces).toMatchObject({ undoes: ['stage-0'], deletes: [referenceOf(namespace)] });
    expect(oldest?.deletes).not.toContainEqual(referenceOf(namespace));
    expect(oldest?.changes.map(({ object }) => object)).toEqual(oldest?.deletes);
  });

  it('leaves what a mesh made that was there before', () => {
    expect(wayBackOf([ofMesh(0), ofMesh(1)]).rollback.map(({ id }) => id)).toEqual([
      'undo-stage-1',
      'undo-stage-0',
    ]);
  });
});
