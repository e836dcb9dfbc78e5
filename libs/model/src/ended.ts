import type { Purpose, StageKind } from './plan.ts';
import type { Phase, StageState } from './rollout.ts';

/** A rollout that has ended, as far as it is counted. */
export interface EndedRollout {
  pattern: string;
  purpose: Purpose;
  phase: Phase;
  seconds: number;
}

/** The change of one target that has ended, as far as it is counted. */
export interface EndedChange {
  cluster: string;
  mesh: string;
  phase: Phase;
  seconds: number;
  stages: EndedStage[];
}

/** A stage that was begun and has ended. */
export interface EndedStage {
  way: 'forward' | 'back';
  kind: StageKind;
  state: StageState;
  seconds: number;
}

/** What workflows tell their worker when they end; nothing of it is in their history. */
export interface EndSink {
  rolloutEnded(rollout: EndedRollout): void;
  changeEnded(change: EndedChange): void;
}

/** The name of that sink between workflow and worker. */
export const endSink = 'meshwrightEnds';
