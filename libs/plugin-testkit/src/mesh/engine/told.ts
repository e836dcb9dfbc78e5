import type { RolloutStatus } from '@meshwright/model';

/** What is asked of a mesh, one after the other. */
export const Act = {
  install: 'install',
  upgrade: 'upgrade',
  rollBack: 'roll-back',
  uninstall: 'uninstall',
} as const;
export type Act = (typeof Act)[keyof typeof Act];

/** What people saw of one rollout: where it waits for somebody, and at its end. */
export interface Told {
  waiting: ToldMoment;
  over: ToldMoment;
}

/** What there was to see at one moment. */
export interface ToldMoment {
  status: RolloutStatus;
  /** On a terminal. */
  screens: readonly Screen[];
  /** In Temporal: the watch of the repository, the rollout, and its change once there is one. */
  runs: readonly ToldRun[];
}

/** A command of `meshwright`, and what it prints for people. */
export interface Screen {
  command: string;
  text: string;
}

/** A workflow run, as the Temporal UI shows it. */
export interface ToldRun {
  type: string;
  id: string;
  /** `Running`, `Completed` … */
  state: string;
  /** One line, for lists. */
  summary: string;
  /** What it was started for, as Markdown. */
  details: string;
  /** Where it stands, as Markdown. */
  current: string;
  /** Custom search attributes by their names. */
  attributes: Readonly<Record<string, string>>;
  /** In the order in which they were scheduled. */
  activities: readonly ToldActivity[];
}

/** An activity in a run's history. */
export interface ToldActivity {
  type: string;
  summary: string;
}
