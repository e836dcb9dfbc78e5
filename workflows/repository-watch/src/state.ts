import type { PolicyState } from './policy.ts';
import {
  shortCommit,
  type CommitInfo,
  type CommitReading,
  type Failure,
  type KnownPattern,
  type RepositoryObservation,
  type RepositoryStatus,
  type RolloutInput,
} from '@meshwright/model';

/** What a watch knows; carried from run to run, since a run's history must not grow without end. */
export interface WatchState {
  /** The last commit that was read. */
  lastCommit?: CommitInfo;
  /** A commit after it that cannot be read and is not tried again until somebody asks for a look. */
  refusedCommit?: string | undefined;
  observation: RepositoryObservation['kind'];
  /** Why the repository or its last commit cannot be read, in words people are shown. */
  trouble?: string | undefined;
  /** By path: what is known of each pattern. */
  known: Record<string, KnownPattern>;
  /** By path: the workflow id of the last rollout. */
  rollouts: Record<string, string>;
  /** By path: whose wish the last rollout is. One that takes its place before it has ended is theirs as well. */
  contributors?: Record<string, Contributors>;
  /** Files that are gone, with the rollout that uninstalls what they installed, where there is one. */
  removed: RepositoryStatus['removed'];
  /** Newest last. */
  notes: string[];
  /** A hint came in that has not been followed yet. */
  hinted: boolean;
  /** Who may decide, and the change of it that was asked for last. */
  policy?: PolicyState;
}

/** Who has a part in a commit. */
export type Contributors = CommitInfo['contributors'];

/** What a reading has started. */
export interface Started {
  /** By path: the workflow id. */
  rollouts: Record<string, string>;
  /** By path: whose wish it is. */
  contributors: Record<string, Contributors>;
}

const mostNotes = 20;
const mostRemoved = 200;

/** The state of a watch that has seen nothing. */
export function emptyState(): WatchState {
  return { observation: 'unchanged', known: {}, rollouts: {}, removed: [], notes: [], hinted: false };
}

/** The state after a look at the branch that found no commit to read. */
export function afterLook(state: WatchState, seen: RepositoryObservation): WatchState {
  // The branch stands where it stood, and so does what is wrong with its commit.
  if (seen.kind === 'unchanged' && state.refusedCommit !== undefined) return state;
  return { ...state, observation: seen.kind, trouble: troubleOf(seen) };
}

function troubleOf(seen: RepositoryObservation): string | undefined {
  switch (seen.kind) {
    case 'branch-missing':
      return `branch ${seen.branch} does not exist`;
    case 'unreachable':
      return seen.reason;
    case 'refused':
      return seen.remedy === undefined ? seen.reason : `${seen.reason} (${seen.remedy})`;
    default:
      return undefined;
  }
}

/**
 * The state after a commit that could not be read; the watch stays at the commit before it. A defect may pass, so
 * such a commit is tried again; any other refusal stands until the branch moves or somebody asks for a look.
 */
export function afterRefusal(state: WatchState, commit: string, failure: Failure): WatchState {
  const remedy = failure.remedy === undefined ? '' : ` (${failure.remedy})`;
  const trouble = `commit ${shortCommit(commit)} cannot be read: ${failure.message}${remedy}`;
  const refused: WatchState = { ...state, observation: 'refused', trouble };
  if (failure.code !== 'INTERNAL') refused.refusedCommit = commit;
  return state.notes.at(-1) === trouble ? refused : note(refused, trouble);
}

/**
 * The rollout before this one of the same pattern, which it takes the place of: of the same file, or the one that
 * uninstalls what is back now.
 */
export function rolloutBefore({ rollouts, removed }: WatchState, input: RolloutInput): string | undefined {
  return rollouts[input.path] ?? removed.find((gone) => isBack(gone, input))?.rollout;
}

/** Whether what was gone is back: the pattern, in whatever file, or the file without saying which pattern it holds. */
function isBack(gone: WatchState['removed'][number], { path, pattern, valid }: RolloutInput): boolean {
  return gone.pattern === pattern || (valid === undefined && gone.path === path);
}

/** The state after a commit has been read and its rollouts have been started, given their ids by path. */
export function afterReading(
  state: WatchState,
  reading: CommitReading,
  { rollouts: started, contributors }: Started,
): WatchState {
  const { commit, rollouts, removed, renamed, forced } = reading;
  const known = moveKeys(state.known, reading);
  for (const { input, digest } of rollouts) known[input.path] = { pattern: input.pattern, digest };
  const gone = removed.map(({ path, pattern }) => {
    const rollout = started[path];
    return { path, pattern, ...(rollout === undefined ? {} : { rollout }) };
  });
  const absent = state.removed.filter((one) => !rollouts.some(({ input }) => isBack(one, input)));
  let next: WatchState = {
    ...state,
    observation: 'unchanged',
    refusedCommit: undefined,
    trouble: undefined,
    lastCommit: commit,
    known,
    rollouts: { ...moveKeys(state.rollouts, reading), ...idsOf(rollouts, started) },
    contributors: { ...moveKeys(state.contributors ?? {}, reading), ...contributors },
    removed: [...absent, ...gone].slice(-mostRemoved),
  };
  const at = shortCommit(commit.id);
  if (forced)
    next = note(next, `${at}: the branch was rewritten; the commit before is not among its ancestors.`);
  for (const { from, to } of renamed) next = note(next, `${at}: ${from} is now ${to}.`);
  for (const { path } of removed)
    next = note(next, `${at}: ${path} is gone; what it installed stays until a person confirms its removal.`);
  for (const text of reading.notes) next = note(next, `${at}: ${text}`);
  return next;
}

function idsOf(rollouts: CommitReading['rollouts'], started: Record<string, string>): Record<string, string> {
  const paths = rollouts.map(({ input }) => input.path);
  return Object.fromEntries(
    paths.flatMap((path) => (started[path] === undefined ? [] : [[path, started[path]]])),
  );
}

/** The entries of files that are gone are left out; those of files that moved go along. */
function moveKeys<T>(byPath: Record<string, T>, { removed, renamed }: CommitReading): Record<string, T> {
  const entries = new Map(Object.entries(byPath));
  for (const { path } of removed) entries.delete(path);
  const moved = renamed.map(({ from, to }) => ({ from, to, value: entries.get(from) }));
  for (const { from } of moved) entries.delete(from);
  for (const { to, value } of moved) if (value !== undefined) entries.set(to, value);
  return Object.fromEntries(entries);
}

/** The state with one more note; the oldest make room. */
export function note(state: WatchState, text: string): WatchState {
  return { ...state, notes: [...state.notes, text].slice(-mostNotes) };
}

/** The state as the query answers it. */
export function statusOf(
  repository: string,
  state: WatchState,
  policy: PolicyState,
  waitingFor: string,
): RepositoryStatus {
  const { observation, lastCommit, known, rollouts, removed, notes } = state;
  const paths = Object.keys(known).toSorted();
  return {
    repository,
    observation,
    ...(lastCommit === undefined ? {} : { lastCommit }),
    waitingFor,
    ...(policy.counts === undefined ? {} : { policy: policy.counts }),
    ...(policy.asked === undefined ? {} : { policyChange: policy.asked.workflow }),
    patterns: paths.map((path) => ({
      path,
      pattern: known[path]?.pattern ?? '',
      ...(rollouts[path] === undefined ? {} : { rollout: rollouts[path] }),
    })),
    removed,
    notes,
  };
}
