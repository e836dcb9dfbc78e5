import type { Subject } from './subject.ts';
import type { Part, View } from './view.ts';

/** One thing that is wrong, as `object: problem; remedy`. */
export interface Finding {
  /** How people write the object, or what else it is about. */
  object: string;
  problem: string;
  /** What to do about it. */
  remedy: string;
  /** Whether nothing may change before it is mended; the rest are warnings. */
  blocks: boolean;
  /** Whether the object's own annotation asks not to be told; see `galley.istio.io/analyze-suppress`. */
  suppressed?: boolean;
}

/** What a rule found, and what it looked at in the words of a check that passed. */
export interface Look {
  findings: Finding[];
  looked: string;
}

/** One kind of mistake; pure. */
export interface Rule {
  /** In brackets before each failure. */
  id: string;
  title: string;
  /** What of the cluster it has to know. */
  needs: readonly Part[];
  look(view: View): Look;
}

const suppressAnnotation = 'galley.istio.io/analyze-suppress';

/**
 * Whether an object asks not to be told of a message of `istioctl analyze`: by its code, such as `IST0101`, or by `*`
 * (Istio's guide to the configuration analyzer).
 */
function isSuppressed({ annotations }: Pick<Subject<unknown>, 'annotations'>, code: string): boolean {
  const codes = (annotations[suppressAnnotation] ?? '').split(',').map((part) => part.trim());
  return codes.includes('*') || codes.includes(code);
}

/** A finding about an object: it blocks where the pattern itself holds the object, for others it is a warning. */
export function mistake(
  subject: Subject<unknown>,
  code: string,
  { problem, remedy, blocks = true }: { problem: string; remedy: string; blocks?: boolean },
): Finding {
  return {
    object: subject.name,
    problem,
    remedy,
    blocks: blocks && subject.fromPattern,
    suppressed: isSuppressed(subject, code),
  };
}
