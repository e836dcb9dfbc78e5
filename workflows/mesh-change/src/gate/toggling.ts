import { blockOf, isValid } from '@meshwright/performance-baseline';
import { type Arm, type GateWindow, Phase, Verdict } from '@meshwright/model';
import { nextBlock, worstVerdict } from '@meshwright/statistics';
import { announce, type Change, type Turn } from '../change.ts';
import { afterTurn } from '../turning.ts';
import type { Comparison, Gate } from './gate.ts';
import { beginRound, keepComparison, measureNext } from './measuring.ts';
import { withProbes } from './probes.ts';
import { actOn, attempt, noteUnmeasured, noteVerdict } from './verdict.ts';

/** Brings a change about, and takes it back; each gives where it leads when that fails. */
export interface Switches {
  on: () => Promise<Turn | undefined>;
  off: () => Promise<Turn | undefined>;
}

/** A change that is switched, and how it is now. */
interface Switching {
  now: Arm;
  switches: Switches;
}

/**
 * Measures a change by switching it, A B, B A, A B …, each time once it has arrived, and decides what becomes of it.
 * Undefined when it is kept, and in place.
 */
export async function judgeToggled(
  change: Change,
  gate: Gate,
  switches: Switches,
): Promise<Turn | undefined> {
  const switching: Switching = { now: 'a', switches };
  return withProbes(change, gate, async () => {
    for (;;) {
      const failed = await measureToggled(change, gate, switching);
      if (failed !== undefined) return failed;
      const { verdict = Verdict.inconclusive } = gate.status;
      // What made the workload worse does not wait for a person while it is in place.
      const stands = await switchTo(change, switching, verdict === Verdict.regressed ? 'a' : 'b');
      if (stands !== undefined) return stands;
      const turn = await actOn(change, gate, verdict);
      if (turn === 'retry') continue;
      return turn ?? switchTo(change, switching, 'b');
    }
  });
}

/** Undefined when every endpoint is judged; otherwise where a switch that failed leads. */
async function measureToggled(change: Change, gate: Gate, switching: Switching): Promise<Turn | undefined> {
  beginRound(gate);
  let open = gate.comparisons;
  for (let block = 0; open.length > 0; block += 1) {
    const windows = new Map<Comparison, Partial<Record<Arm, GateWindow>>>();
    const order: readonly [Arm, Arm] = block % 2 === 0 ? ['a', 'b'] : ['b', 'a'];
    for (const arm of order) {
      const failed = await switchTo(change, switching, arm);
      if (failed !== undefined) return failed;
      const missing = await attempt(change, async () => {
        for (const comparison of open) {
          const what = `block ${block + 1}, ${arm === 'a' ? 'without' : 'with'} the change, ${comparison.measurement.endpoint}`;
          const window = await measureNext(change, gate, { comparison, path: arm, what, turn: block });
          windows.set(comparison, { ...windows.get(comparison), [arm]: window });
        }
        return undefined;
      });
      if (missing === undefined) continue;
      if (change.orders.forward.consideredCancelled) return afterTurn(change);
      noteUnmeasured(gate, `The workload could not be measured: ${missing}`);
      return undefined;
    }
    for (const comparison of open) addBlock(comparison, order, windows.get(comparison));
    open = await stillOpen(change, gate, open);
  }
  noteVerdict(gate, worstVerdict(gate.comparisons.map(({ shown }) => shown.judgement?.verdict)));
  return undefined;
}

function addBlock(
  comparison: Comparison,
  order: readonly [Arm, Arm],
  { a, b }: Partial<Record<Arm, GateWindow>> = {},
): void {
  if (a === undefined || b === undefined) return;
  const { blocks } = comparison.baseline;
  blocks.push(blockOf(order, a, b));
  // What was measured without the change is what it is compared with once it is taken back.
  if (isValid(a)) comparison.before.push(a);
  comparison.shown.trials = { a: blocks.length, b: blocks.length };
}

async function stillOpen(change: Change, gate: Gate, open: readonly Comparison[]): Promise<Comparison[]> {
  const left: Comparison[] = [];
  for (const comparison of open) {
    const step = nextBlock(comparison.input, comparison.baseline);
    if (step.kind === 'block') left.push(comparison);
    else await keepComparison(change, gate, comparison, step.judgement);
  }
  return left;
}

/** Undefined once the change is as it should be. */
async function switchTo(change: Change, switching: Switching, arm: Arm): Promise<Turn | undefined> {
  if (switching.now === arm) return undefined;
  if (change.status.phase !== Phase.changing) await announce(change, Phase.changing);
  const { on, off } = switching.switches;
  const failed = await (arm === 'b' ? on() : off());
  if (failed === undefined) switching.now = arm;
  return failed;
}
