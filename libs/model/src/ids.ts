/** The workflow types, by the names Temporal knows them under. */
export const WorkflowType = {
  repositoryWatch: 'repositoryWatch',
  patternRollout: 'patternRollout',
  meshChange: 'meshChange',
  planPreview: 'planPreview',
  performanceBaseline: 'performanceBaseline',
  policyChange: 'policyChange',
  pullRequestPlan: 'pullRequestPlan',
  rolloutNotices: 'rolloutNotices',
  delivery: 'delivery',
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
  /** Update of whatever has a gate (a rollout, a policy change, a pull request's plan): DecisionRequest in, its status out. */
  decide: 'decide',
  /** Query of a policy change: PolicyChangeStatus. */
  policyChangeStatus: 'policyChangeStatus',
  /** Query of the plan of a pull request: PullRequestStatus. */
  pullRequestStatus: 'pullRequestStatus',
  /** Signal to the plan of a pull request: look at it now; with the head that somebody known has asked a plan for. */
  pullRequestHint: 'pullRequestHint',
  /** Signal of a policy change to its repository's watch: PolicyDecided. */
  policyDecided: 'policyDecided',
  /** Signal of a repository's watch to a rollout: who may decide has changed. */
  policyChanged: 'policyChanged',
  /** Signal of a rollout to its notices: it has moved. */
  rolloutMoved: 'rolloutMoved',
  /** Update of a rollout: CommandRequest in, RolloutStatus out. Signal to a change: Intervention. */
  command: 'command',
  /** Signal of a change to its rollout, when it pauses, stops, turns back or goes on: ChangeStatus. */
  changeMoved: 'changeMoved',
} as const;

/** Task queues. */
export const TaskQueue = {
  orchestrator: 'orchestrator',
  git: 'git',
  gateway: 'gateway',
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
  policy(repository: string, commit: string): string {
    return `policy:${repository}@${shortCommit(commit)}`;
  },
  pullRequest(repository: string, number: number): string {
    return `pull-request:${repository}#${number}`;
  },
  notices(rollout: string, run: string): string {
    return `notices:${rollout}/${run}`;
  },
  delivery(service: string, id: string): string {
    return `delivery:${service}/${id}`;
  },
  change(cluster: string, mesh: string): string {
    return `change:${cluster}/${mesh}`;
  },
} as const;

/** A rollout as people name it: its workflow id without the prefix that says what it is. */
export function shortName(rollout: string): string {
  return rollout.replace(/^rollout:/, '');
}

/** The first twelve digits of a commit id. */
export function shortCommit(commit: string): string {
  return commit.slice(0, 12);
}
