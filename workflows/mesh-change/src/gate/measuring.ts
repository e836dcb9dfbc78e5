import {
  blockOf,
  compareConcurrently,
  isValid,
  keepBaseline,
  measureWindow,
} from '@meshwright/performance-baseline';
import {
  type BaselineStatus,
  type GateWindow,
  type Judgement,
  type LoadPath,
  Phase,
  Verdict,
} from '@meshwright/model';
import { leastPairs, nextBlock, worstVerdict } from '@meshwright/statistics';
import { announce, type Change, publish } from '../change.ts';
import { mayGoOn } from '../commands.ts';
import { type Comparison, contextOf, type Gate, recordId } from './gate.ts';

/** A trial that could not be run is tried again so often: a worker may have died, a pod may be restarting. */
const attempts = 10;
const usualConfidence = 0.9;
/** So many windows may be lost before a comparison goes on with what it has. */
const mostLost = 4;

/**
 * Measures each endpoint as it is before the change, as often as the last look needs. Undefined when every one has enough
 * valid windows to be judged by, or else what was wrong with the others.
 */
export async function measureBefore(change: Change, gate: Gate): Promise<string | undefined> {
  for (const comparison of gate.comparisons) {
    let invalid: GateWindow | undefined;
    const wanted = comparison.input.looks.at(-1) ?? 0;
    for (let tried = 0; comparison.before.length < wanted; tried += 1) {
      if (tried - comparison.before.length > mostLost) break;
      const what = `before the change, ${comparison.measurement.endpoint}, trial ${tried + 1} of ${wanted}`;
      const window = await measureNext(change, gate, { comparison, path: 'a', what, turn: tried });
      if (isValid(window)) comparison.before.push(window);
      else invalid = window;
      comparison.shown.trials.a = comparison.before.length;
    }
    const missing = missingBefore(comparison, invalid);
    if (missing !== undefined) return missing;
  }
  return undefined;
}

function missingBefore({ before, input, shown }: Comparison, invalid?: GateWindow): string | undefined {
  const least = Math.min(input.looks[0] ?? 0, leastPairs(usualConfidence));
  if (before.length >= least) return undefined;
  const { subject, control } = invalid ?? {};
  const reasons = [
    ...(subject?.invalid ?? []),
    ...(control?.invalid ?? []).map((why) => `The control: ${why}`),
  ];
  return [`Of ${shown.endpoint} ${before.length} of ${least} trials were valid.`, ...reasons].join(' ');
}

/** Measures and judges each endpoint with the change, one after the other; the worst verdict counts. */
export async function measureAfter(change: Change, gate: Gate): Promise<Verdict> {
  beginRound(gate);
  for (const comparison of gate.comparisons) {
    const judgement = await (gate.plan.afterStage === undefined
      ? compareWithBefore(change, gate, comparison)
      : compareLive(change, gate, comparison));
    await keepComparison(change, gate, comparison, judgement);
  }
  return worstVerdict(gate.comparisons.map(({ shown }) => shown.judgement?.verdict));
}

/** Begins to compare, with no blocks yet: each time it is asked for is one of its own. */
export function beginRound(gate: Gate): void {
  gate.rounds += 1;
  for (const comparison of gate.comparisons) {
    const { name, contrast, metrics } = comparison.input;
    comparison.baseline = { name, contrast, metrics, blocks: [] };
    delete comparison.shown.judgement;
  }
}

/** Measures each endpoint once more after the change was taken back: it has to be as it was. */
export async function measureRestored(change: Change, gate: Gate): Promise<Judgement[]> {
  const judgements: Judgement[] = [];
  for (const comparison of gate.comparisons) {
    const { name, contrast, metrics, looks } = comparison.input;
    const baseline: BaselineStatus = { name, contrast, metrics, blocks: [] };
    const once = looks.slice(0, 1);
    judgements.push(
      await pairUp(change, gate, {
        comparison,
        baseline,
        looks: once,
        path: 'a',
        when: 'after the way back',
      }),
    );
  }
  return judgements;
}

function compareLive(change: Change, gate: Gate, { input, baseline, shown, measurement }: Comparison) {
  return compareConcurrently(input, baseline, {
    attempts,
    next: async (what) => {
      shown.trials = { a: baseline.blocks.length, b: baseline.blocks.length };
      await tellNext(change, gate, `both control planes, ${measurement.endpoint}, ${what}`);
    },
  });
}

function compareWithBefore(change: Change, gate: Gate, comparison: Comparison): Promise<Judgement> {
  const { baseline, input } = comparison;
  return pairUp(change, gate, {
    comparison,
    baseline,
    looks: input.looks,
    path: 'b',
    when: 'with the change',
  });
}

interface Pairing {
  comparison: Comparison;
  /** Takes the blocks. */
  baseline: BaselineStatus;
  looks: readonly number[];
  /** Which way is measured now. */
  path: 'a' | 'b';
  when: string;
}

/** Puts windows of now beside those of before until it is judged, or none of before is left. */
async function pairUp(change: Change, gate: Gate, pairing: Pairing): Promise<Judgement> {
  const { comparison, baseline, path, when } = pairing;
  const { before, measurement, shown, input } = comparison;
  const looks = looksFor(before.length, pairing.looks);
  for (let turn = 0; ; turn += 1) {
    const step = nextBlock({ ...input, looks }, baseline);
    const used = baseline.blocks.filter(isPaired).length;
    const beside = before[used];
    if (step.kind === 'done') return step.judgement;
    // Looks end where the windows of before do, so there is one unless there was none at all.
    if (beside === undefined) return nothingBefore(input.name);
    const what = `${when}, ${measurement.endpoint}, trial ${turn + 1}`;
    const window = await measureNext(change, gate, { comparison, path, what, turn: before.length + turn });
    baseline.blocks.push(blockOf(['a', 'b'], beside, window));
    if (path === 'b') shown.trials.b = baseline.blocks.filter(isPaired).length;
  }
}

/** The looks that so many windows allow; the last one takes all of them where they are fewer than were wanted. */
function looksFor(windows: number, looks: readonly number[]): readonly number[] {
  const reached = looks.filter((look) => look <= windows);
  return reached.length === looks.length || reached.at(-1) === windows ? reached : [...reached, windows];
}

function isPaired({ a, b, controlA, controlB }: BaselineStatus['blocks'][number]): boolean {
  return [a, b, controlA, controlB].every((trial) => (trial?.invalid.length ?? 0) === 0);
}

function nothingBefore(id: string): Judgement {
  const reason = 'Not one trial before the change was valid, so there is nothing to compare with.';
  return { id, verdict: Verdict.inconclusive, reason, metrics: [] };
}

/** A window that is measured next. */
export interface Next {
  comparison: Comparison;
  path: 'a' | 'b';
  what: string;
  turn: number;
}

/** Measures one window of an endpoint, unless somebody has asked for a pause. */
export async function measureNext(change: Change, gate: Gate, next: Next): Promise<GateWindow> {
  const { comparison, what, turn } = next;
  await tellNext(change, gate, what);
  const path: LoadPath = comparison.input.paths[next.path];
  return measureWindow(comparison.input, {
    path,
    seed: comparison.input.seed * 1_000 + turn,
    what,
    attempts,
  });
}

async function tellNext(change: Change, gate: Gate, what: string): Promise<void> {
  await mayGoOn(change);
  gate.status.measuring = what;
  change.status.waitingFor = 'the measurement of its workload';
  if (change.status.phase === Phase.measuring) publish(change);
  else await announce(change, Phase.measuring);
}

/** Notes what an endpoint's comparison came to, and keeps all that was measured. */
export async function keepComparison(
  change: Change,
  gate: Gate,
  comparison: Comparison,
  judgement: Judgement,
): Promise<void> {
  const { input, baseline, shown, startedAt } = comparison;
  baseline.judgement = judgement;
  shown.judgement = judgement;
  const id = recordId(gate, comparison);
  const notKept = await keepBaseline(input, baseline, { id, context: contextOf(change), startedAt });
  if (notKept === undefined) shown.record = id;
  else shown.notKept = notKept;
}
