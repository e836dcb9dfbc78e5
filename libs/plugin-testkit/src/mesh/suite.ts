import { isMeshwrightError, messageOf } from '@meshwright/model';
import type { MeshCapabilities } from '@meshwright/plugin-sdk';

/**
 * Where a case is tried: on rendered charts alone, on a real API server with simulated nodes, there by the whole engine from a
 * commit on, on a real node.
 */
export const MeshLevel = {
  offline: 'offline',
  controlPlane: 'control-plane',
  engine: 'engine',
  node: 'node',
} as const;
export type MeshLevel = (typeof MeshLevel)[keyof typeof MeshLevel];

/** Why a case was not run. */
export const NotRun = {
  /** The plugin does not declare what it is about. */
  undeclared: 'undeclared',
  /** Nothing of the mesh does what it is about. */
  nothingToTry: 'nothing-to-try',
  /** It goes on where an earlier case ended, which did not pass. */
  earlierCase: 'earlier-case',
  /** Its charts are not on this machine. */
  noCharts: 'no-charts',
  /** There is no real node that could run it here, or nothing of the mesh that could run on it. */
  noDataPlane: 'no-data-plane',
  /** A test of its own tries it, which the reason names; it was left out here. */
  elsewhere: 'elsewhere',
} as const;
export type NotRun = (typeof NotRun)[keyof typeof NotRun];

/** What a case can be about, and whether a plugin declares it. */
export const declarations = {
  sidecar: ({ modes }: MeshCapabilities): boolean => modes.includes('sidecar'),
  ambient: ({ modes }: MeshCapabilities): boolean => modes.includes('ambient'),
  node: ({ modes }: MeshCapabilities): boolean => modes.includes('node'),
  enroll: ({ enroll }: MeshCapabilities): boolean => enroll,
  mutualTls: ({ mutualTls }: MeshCapabilities): boolean => mutualTls,
  canaryUpgrade: ({ canaryUpgrade }: MeshCapabilities): boolean => canaryUpgrade,
  rotatesTrust: ({ rotatesTrust }: MeshCapabilities): boolean => rotatesTrust === true,
  goldenSignals: ({ goldenSignals }: MeshCapabilities): boolean => goldenSignals === true,
} as const;
/** The name of something that a plugin may declare. */
export type Declaration = keyof typeof declarations;

/** One thing that a mesh plugin must do right, tried in a world of its level. */
export interface MeshCase<World> {
  id: string;
  title: string;
  level: MeshLevel;
  /** What the plugin has to declare for it. */
  needs?: Declaration;
  /** The case that it goes on from. */
  after?: string;
  /** Why there is nothing to try; undefined where there is. */
  without?: (world: World) => string | undefined;
  /** Throws with what is wrong. */
  run: (world: World) => Promise<void>;
}

/** What came out of a case. */
export interface MeshCaseResult {
  id: string;
  title: string;
  level: MeshLevel;
  outcome: 'passed' | 'failed' | 'not run';
  /** Why it was not run, by name. */
  notRun?: NotRun;
  /** Why it failed or was not run, in words. */
  reason?: string;
}

/** Runs the cases one after the other in their order and gives what came out; `tell` hears of each at once. */
export async function runMeshCases<World>(
  cases: readonly MeshCase<World>[],
  { world, capabilities }: { world: World; capabilities: MeshCapabilities },
  tell: (result: MeshCaseResult) => void,
): Promise<MeshCaseResult[]> {
  const results: MeshCaseResult[] = [];
  const passed = new Set<string>();
  for (const each of cases) {
    const result = refused(each, { world, capabilities, passed }) ?? (await runCase(each, world));
    if (result.outcome === 'passed') passed.add(each.id);
    results.push(result);
    tell(result);
  }
  return results;
}

/** The results of cases none of which can be run. */
export function noneRun(
  cases: readonly Pick<MeshCase<never>, 'id' | 'title' | 'level'>[],
  notRun: NotRun,
  reason: string,
): MeshCaseResult[] {
  return cases.map(({ id, title, level }) => ({ id, title, level, outcome: 'not run', notRun, reason }));
}

function refused<World>(
  one: MeshCase<World>,
  known: { world: World; capabilities: MeshCapabilities; passed: ReadonlySet<string> },
): MeshCaseResult | undefined {
  const { needs, after, without } = one;
  const because = (notRun: NotRun, reason: string) => noneRun([one], notRun, reason)[0];
  if (needs !== undefined && !declarations[needs](known.capabilities))
    return because(NotRun.undeclared, `the plugin does not declare ${needs}`);
  if (after !== undefined && !known.passed.has(after))
    return because(NotRun.earlierCase, `it goes on where ${after} ends, which did not pass`);
  const nothing = without?.(known.world);
  return nothing === undefined ? undefined : because(NotRun.nothingToTry, nothing);
}

async function runCase<World>(
  { id, title, level, run }: MeshCase<World>,
  world: World,
): Promise<MeshCaseResult> {
  try {
    await run(world);
    return { id, title, level, outcome: 'passed' };
  } catch (error) {
    return { id, title, level, outcome: 'failed', reason: reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  if (!isMeshwrightError(error)) return messageOf(error);
  return [`${error.code}: ${error.message}`, ...(error.details.lines ?? []).slice(0, 5)].join(' ');
}
