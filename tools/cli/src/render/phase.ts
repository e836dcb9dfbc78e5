import { Phase } from '@meshwright/model';
import type { Style } from './style.ts';

/** How a phase is painted: red for what went wrong and needs a person, yellow for what waits or goes back. */
export function paintPhase(phase: Phase | undefined, style: Style): (text: string) => string {
  switch (phase) {
    case Phase.succeeded:
      return style.green;
    case Phase.failed:
    case Phase.stopped:
    case Phase.rolledBack:
    case Phase.invalid:
    case Phase.rejected:
      return style.red;
    case Phase.awaitingApproval:
    case Phase.queued:
    case Phase.paused:
    case Phase.rollingBack:
      return style.yellow;
    case Phase.planning:
    case Phase.changing:
    case Phase.measuring:
      return style.cyan;
    case Phase.cancelled:
    case undefined:
      return style.dim;
  }
}
