/** The workflow types, by the names Temporal knows them under. */
export const WorkflowType = {
  repositoryWatch: 'repositoryWatch',
  patternRollout: 'patternRollout',
  meshChange: 'meshChange',
  planPreview: 'planPreview',
  performanceBaseline: 'performanceBaseline',
} as const;
export type WorkflowType = (typeof WorkflowType)[keyof typeof WorkflowType];

/** Custom search attributes; all are keywords. */
export const SearchAttribute = {
  repository: 'MeshwrightRepository',
  pattern: 'MeshwrightPattern',
  cluster: 'MeshwrightCluster',
  mesh: 'MeshwrightMesh',
  commit: 'MeshwrightCommit',
  phase: 'MeshwrightPhase',
  verdict: 'MeshwrightVerdict',
} as const;
export type SearchAttribute = (typeof SearchAttribute)[keyof typeof SearchAttribute];

/** Queries, signals and updates that workflows answer. */
export const Message = {
  /** Query of a rollout: RolloutStatus. */
  rolloutStatus: 'rolloutStatus',
  /** Query of a mesh change: ChangeStatus. */
  changeStatus: 'changeStatus',
  /** Query of a performance baseline: BaselineStatus. */
  baselineStatus: 'baselineStatus',
  /** Query of a repository watch: RepositoryStatus. */
  repositoryStatus: 'repositoryStatus',
  /** Signal to a repository watch: look now. */
  repositoryHint: 'repositoryHint',
  /**
   * Signal to a rollout, and from it to its changes: the id of a newer one that has taken its place. The rollout starts
   * nothing more; a change that is stopped ends.
   */
  superseded: 'superseded',
  /** Update of a rollout: DecisionRequest in, RolloutStatus out. */
  decide: 'decide',
  /** Update of a rollout: CommandRequest in, RolloutStatus out. Signal to a change: Intervention. */
  command: 'command',
  /** Signal of a change to its rollout, when it pauses, stops, turns back or goes on: ChangeStatus. */
  changeMoved: 'changeMoved',
} as const;

/** Task queues. */
export const TaskQueue = {
  orchestrator: 'orchestrator',
  git: 'git',
  cluster(name: string): string {
    return `cluster:${name}`;
  },
  load(agent: string): string {
    return `load:${agent}`;
  },
} as const;

/** Workflow ids say what they are; Temporal's uniqueness of ids is the lock. */
export const workflowId = {
  repository(name: string): string {
    return `repository:${name}`;
  },
  rollout(pattern: string, commit: string): string {
    return `rollout:${pattern}@${shortCommit(commit)}`;
  },
  baseline(name: string): string {
    return `baseline:${name}`;
  },
  change(cluster: string, mesh: string): string {
    return `change:${cluster}/${mesh}`;
  },
} as const;

/** The first twelve digits of a commit id. */
export function shortCommit(commit: string): string {
  return commit.slice(0, 12);
}
