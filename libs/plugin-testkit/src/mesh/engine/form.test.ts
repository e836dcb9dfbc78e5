import type { RolloutStatus } from '@meshwright/model';
import { describe, expect, it } from 'vitest';
import { differenceFrom, formOf, type MeshNames } from './form.ts';
import type { Told, ToldActivity, ToldMoment } from './told.ts';

const commit = '0a1b2c3d4e5f'.repeat(4).slice(0, 40);
const earlier = 'ffeeddccbbaa';
const kuma: MeshNames = { plugin: { id: 'kuma' }, versions: { older: '2.10.0', newer: '2.11.0' } };
const nginx: MeshNames = { plugin: { id: 'nginx' }, versions: { older: '1.9.0', newer: '2.0.0' } };

/** What is told at one moment; nothing is told at the other. */
function told(over: Partial<Pick<ToldMoment, 'screens' | 'runs'>>): Told {
  const status = { commit } as RolloutStatus;
  return { waiting: { status, screens: [], runs: [] }, over: { status, screens: [], runs: [], ...over } };
}

function screen(text: string, command = 'meshwright status shop-mesh'): Told {
  return told({ screens: [{ command, text }] });
}

function run(current: string, activities: ToldActivity[] = []): Told {
  const id = 'change:local/kuma';
  const empty = { state: 'COMPLETED', summary: '', details: '', attributes: {} };
  return told({ runs: [{ type: 'meshChange', id, ...empty, current, activities }] });
}

const lines = (of: Told, names = kuma): string[] => formOf(of, names).trimEnd().split('\n').slice(1);

describe('the form of what is told', () => {
  it.each([
    [
      'the mesh and its versions',
      'upgrade kuma 2.10.0 → 2.11.0 (sidecar)',
      'upgrade <mesh> <older> → <newer> (<mode>)',
    ],
    ['the mesh in an address', '/workflows/change%3Alocal%2Fkuma)', '/workflows/change%3Alocal%2F<mesh>)'],
    ['its own commit, also shortened', `${commit} is ${commit.slice(0, 12)}`, '<commit> is <commit>'],
    ['another commit', `held: ${earlier}`, 'held: <earlier>'],
    ['a digest', `plan sha256:${'ab'.repeat(32)}`, 'plan <digest>'],
    ['moments and lengths', 'started  2026-03-01 14:05:09 UTC, 1m 5s ago', 'started  <moment>, <time> ago'],
    ['a stage and its note', '  ✓ Kuma’s CRDs  1s  3 created', '  ✓ <stage>'],
    ['counts', '3 to create, 0 to update, 1 to delete, 2 to release', '<counts>'],
    ['what is confirmed by now', '  confirmed: It takes Kuma away.', '  confirmed: <sentence>'],
    [
      'restarts',
      '**Disturbs** `shop`: 1 workload with 2 pods restarts.',
      '**Disturbs** <namespaces>: <restarts>',
    ],
    ['no restarts', '**Disturbs** `shop`: no workload restarts.', '**Disturbs** <namespaces>: <restarts>'],
    [
      'restarts beside a way back',
      '  2 workloads with 5 pods restart; way back in 2 stages',
      '  way back in <n> stages',
    ],
    ['a warning in its own words', '  warning: Zones go first.', '  warning: <sentence>'],
    [
      'what is to be confirmed',
      '  to confirm  local: It takes Kuma away.',
      '  to confirm  local: <sentence>',
    ],
    ['a Markdown warning', '**Warning:** Zones go first.', '**Warning:** <sentence>'],
    [
      'the way back',
      '**The way back**, should a stage fail: One → Two.',
      '**The way back**, should a stage fail: <stages>',
    ],
  ])('has a placeholder for %s', (_what, line, form) => {
    expect(lines(screen(line))).toEqual([form]);
  });

  it.each([
    ['a label', 'waits for  an approval'],
    ['a heading', '### Approval before the change'],
    ['a sentence of the engine', 'Nothing is uninstalled without a confirmation.'],
    ['a name that only begins like the mesh', 'kumactl and my-kuma'],
  ])('keeps %s', (_what, line) => {
    expect(lines(screen(line))).toEqual([line]);
  });

  it('is the same for meshes that differ in all that is theirs', () => {
    const one =
      '  install kuma 2.10.0 (sidecar): 3 to create, 0 to update, 0 to delete\n  ✓ CRDs  1s\n  ✓ Zones  2s';
    const other =
      '  install nginx 1.9.0 (ambient): 7 to create, 1 to update, 0 to delete\n  ✓ All of it  1m 2s  ready';
    expect(lines(screen(one))).toEqual(lines(screen(other), nginx));
  });

  it('drops what a plan does to which objects, and keeps its stages', () => {
    const plan =
      '  1. CRDs  +2\n     requires: nothing\n     + Namespace kuma\n\n  2. Zones  +1\n     + Service kuma/zone\n';
    expect(lines(screen(plan, 'meshwright plan shop-mesh'))).toEqual(['  <n>. <stage>']);
  });

  it('has one row of a table of stages for each state', () => {
    const table = '| Stage | State | Time | Note |\n| --- | --- | --- | --- |';
    const rows =
      '| CRDs | **done** | 1 s | 2 created |\n| Zones | **done** | 2 s |  |\n| End | **failed** | 1 s |  |';
    const [, , , ...found] = lines(run(`${table}\n${rows}`));
    expect(found.slice(1, 3)).toEqual(['| <stage> | **done** | … |', '| <stage> | **failed** | … |']);
  });

  it('has the activities of stages once, however many there are', () => {
    const stage = (title: string): ToldActivity[] => [
      { type: 'applyStage', summary: `apply "${title}" on local` },
      { type: 'verifyStage', summary: `verify "${title}" on local` },
    ];
    const looks = { type: 'verifyStage', summary: 'verify "All" on local' };
    const ends = { type: 'concludeChange', summary: 'record on local' };
    expect(lines(run('', [...stage('One'), ...stage('Two'), looks, ends])).slice(-2)).toEqual([
      '  applyStage, verifyStage: of each stage',
      '  concludeChange: record on local',
    ]);
  });

  it('shows a stage that is not verified', () => {
    const applied = { type: 'applyStage', summary: 'apply "One" on local' };
    const verified = { type: 'verifyStage', summary: 'verify "Two" on local' };
    expect(lines(run('', [applied, verified])).slice(-2)).toEqual([
      '  applyStage: apply "One" on local',
      '  applyStage, verifyStage: of each stage',
    ]);
  });
});

describe('the difference from a common form', () => {
  const common = '=== status\none\n? two\nthree\n';

  it.each([
    ['the same', '=== status\none\ntwo\nthree\n'],
    ['without what not every mesh has', '=== status\none\nthree\n'],
  ])('is none where it is %s', (_what, form) => {
    expect(differenceFrom(form, common)).toBeUndefined();
  });

  it.each([
    ['another line', '=== status\none\nfour\n', '=== status: "four" stands where others have "three"'],
    ['a line less', '=== status\none\n', '=== status: "its end" stands where others have "three"'],
    ['a line more', '=== status\none\nthree\nfour\n', '=== status: it goes on with "four"'],
    [
      'an optional line elsewhere',
      '=== status\ntwo\none\nthree\n',
      '=== status: "two" stands where others have "one"',
    ],
  ])('names %s', (_what, form, difference) => {
    expect(differenceFrom(form, common)).toBe(difference);
  });
});
