import { Phase } from '@meshwright/model';
import type { Style } from './style.ts';

/** How a phase is painted: red for an end that needs a person, yellow for one that waits for a person. */
export function paintPhase(phase: Phase | undefined, style: Style): (text: string) => string {
  switch (phase) {
    case Phase.succeeded:
      return style.green;
    case Phase.failed:
    case Phase.invalid:
    case Phase.rejected:
      return style.red;
    case Phase.awaitingApproval:
    case Phase.queued:
      return style.yellow;
    case Phase.planning:
    case Phase.changing:
      return style.cyan;
    case Phase.cancelled:
    case undefined:
      return style.dim;
  }
}
