import type { ClusterPort, MeshChange, MeshTarget } from '@meshwright/plugin-sdk';

/** What one rule found. */
export interface Finding {
  /** What must be mended before anything changes, one line each. */
  failures: string[];
  warnings: string[];
  /** What was looked at, for people who see that all is well. */
  looked: string;
}

/** One thing to look at before a change. */
export interface Rule {
  title: string;
  look: (change: MeshChange, target: MeshTarget, cluster: ClusterPort) => Promise<Finding>;
}

/** Nothing to say but what was looked at. */
export function fine(looked: string): Finding {
  return { failures: [], warnings: [], looked };
}
