import type { Arm, BaselineInput, BaselineStatus, GateWindow, Judgement } from '@meshwright/model';
import { nextBlock } from '@meshwright/statistics';
import { measureWindow } from './window.ts';

/** What a comparison is told while it goes on. */
export interface Comparing {
  /** Before each window, with what is measured next in words people are shown. */
  next: (what: string) => Promise<void> | void;
  attempts?: number;
}

/** Measures both ways in blocks, in drawn order, until the comparison is decided or has as many blocks as it may. */
export async function compareConcurrently(
  input: BaselineInput,
  status: BaselineStatus,
  { next, attempts }: Comparing,
): Promise<Judgement> {
  const { paths, seed } = input;
  const measure = async (arm: Arm): Promise<GateWindow> => {
    const block = status.blocks.length;
    const what = `block ${block + 1}, arm ${arm.toUpperCase()}`;
    await next(what);
    const limited = attempts === undefined ? {} : { attempts };
    return measureWindow(input, { path: paths[arm], seed: seed * 1_000 + block, what, ...limited });
  };
  for (;;) {
    const step = nextBlock(input, status);
    if (step.kind === 'done') return step.judgement;
    const [first, second] = step.order;
    const earlier = await measure(first);
    const later = await measure(second);
    const [a, b] = first === 'a' ? [earlier, later] : [later, earlier];
    status.blocks.push(blockOf(step.order, a, b));
  }
}

/** Two windows as a block. */
export function blockOf(
  order: readonly [Arm, Arm],
  a: GateWindow,
  b: GateWindow,
): BaselineStatus['blocks'][number] {
  return {
    order,
    a: a.subject,
    b: b.subject,
    ...(a.control === undefined ? {} : { controlA: a.control }),
    ...(b.control === undefined ? {} : { controlB: b.control }),
  };
}
