/** One long step under way. Exactly one of `succeed` and `fail` ends it. */
export interface ProgressTask {
  /** How far the step is: `done` of `total` units when they are known, and what it works on now. */
  update(state: ProgressState): void;
  succeed(detail?: string): void;
  fail(reason: string): void;
}

export interface ProgressState {
  done?: number;
  total?: number;
  detail?: string;
}

/** Where the steps of a testbed are told. */
export interface ProgressReporter {
  begin(title: string): ProgressTask;
  /** One line that belongs to no step, such as what is about to be installed. */
  note(line: string): void;
}

const nothing = (): undefined => undefined;

/** A reporter that says nothing. */
export const silentProgress: ProgressReporter = {
  begin: () => ({ update: nothing, succeed: nothing, fail: nothing }),
  note: nothing,
};
