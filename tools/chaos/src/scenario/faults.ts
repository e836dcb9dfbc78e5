/** What is asked of the engine while a fault strikes. */
export const Operation = {
  install: 'install',
  /** Every object of the workloads changes. */
  configure: 'configure',
  /** As configure, with more objects of kinds that the inventory has to declare. */
  grow: 'grow',
  /** As configure, with fewer objects. */
  prune: 'prune',
  /** A second control plane beside the first, which is then retired; there and back. */
  upgrade: 'upgrade',
  /** A change that the API server refuses half-way, so that it takes itself back. */
  fail: 'fail',
  uninstall: 'uninstall',
} as const;
export type Operation = (typeof Operation)[keyof typeof Operation];

/** What a fault has to do with. */
export type Family =
  'worker' | 'temporal' | 'api-server' | 'git' | 'admission' | 'objects' | 'disk' | 'versions' | 'clock';

/** One kind of fault, as the generator knows it. */
export interface FaultKind {
  family: Family;
  /** What happens, in the words of the report. */
  title: string;
  /** While what it can strike. */
  operations: readonly Operation[];
  /** How often it comes in relation to the others. */
  weight: number;
  /** While what it strikes in a quick run; absent where a quick run leaves it out. */
  quick?: Operation;
  /** Set where the plan has to wait for an approval for it to strike. */
  needsApproval?: true;
  /** What the operation comes to under the fault, where that differs from the operation's own end. */
  ends?: 'refused';
  /** Set where something stays behind that a further commit takes away once the fault is over. */
  leavesSurvivor?: true;
}

const { install, configure, grow, prune, upgrade, fail, uninstall } = Operation;
const commits = [install, configure, grow, prune, upgrade, fail] as const;
const changes = [configure, grow, prune, upgrade, fail] as const;
const all = [...commits, uninstall] as const;
const short = [configure, grow, prune] as const;

/** Every kind of fault. */
export const faultKinds = {
  'kill-at-random': {
    family: 'worker',
    title: 'worker killed at a random moment',
    operations: all,
    weight: 14,
  },
  'kill-while-planning': {
    family: 'worker',
    title: 'worker killed between dry runs of a plan',
    operations: changes,
    weight: 8,
  },
  'kill-while-awaiting-approval': {
    family: 'worker',
    title: 'worker killed while its plan waits for an approval',
    operations: short,
    weight: 5,
    needsApproval: true,
  },
  'kill-at-stage-boundary': {
    family: 'worker',
    title: 'worker killed between two stages, or between applying and verifying one',
    operations: all,
    weight: 14,
  },
  'kill-before-apply': {
    family: 'worker',
    title: 'worker killed before an object is applied',
    operations: commits,
    weight: 12,
    quick: install,
  },
  'kill-after-apply': {
    family: 'worker',
    title: 'worker killed after an object was applied, before it knew',
    operations: commits,
    weight: 12,
    quick: grow,
  },
  'kill-between-inventory-and-object': {
    family: 'worker',
    title: 'worker killed after the inventory was written and before its object',
    operations: [grow, install],
    weight: 7,
  },
  'kill-during-prune': {
    family: 'worker',
    title: 'worker killed before or after an object is deleted',
    operations: [prune, uninstall],
    weight: 12,
    quick: prune,
  },
  'kill-during-way-back': {
    family: 'worker',
    title: 'worker killed while it takes a change back',
    operations: [fail],
    weight: 12,
    quick: fail,
  },
  'kill-during-restart': {
    family: 'worker',
    title: 'worker killed before or after a workload is restarted',
    operations: [upgrade, uninstall],
    weight: 9,
    quick: upgrade,
  },
  'kill-at-record': {
    family: 'worker',
    title: 'worker killed while it records the end of a change',
    operations: [configure, grow, prune, fail],
    weight: 6,
  },
  'temporal-cut': {
    family: 'temporal',
    title: 'connections to Temporal cut, and refused for seconds',
    operations: all,
    weight: 8,
    quick: configure,
  },
  'temporal-frozen': {
    family: 'temporal',
    title: 'Temporal hangs for seconds',
    operations: changes,
    weight: 6,
  },
  'temporal-killed': {
    family: 'temporal',
    title: 'Temporal killed and started again',
    operations: changes,
    weight: 6,
  },
  'api-429': {
    family: 'api-server',
    title: 'API server answers 429 to several writes',
    operations: all,
    weight: 7,
  },
  'api-500': {
    family: 'api-server',
    title: 'API server answers 500 to several writes',
    operations: all,
    weight: 7,
  },
  'api-503': {
    family: 'api-server',
    title: 'API server answers 503 to several writes',
    operations: all,
    weight: 5,
  },
  'api-cut-before': {
    family: 'api-server',
    title: 'connection breaks before a write reaches the API server',
    operations: all,
    weight: 7,
  },
  'api-cut-after': {
    family: 'api-server',
    title: 'connection breaks after the API server did the work: the outcome is not known',
    operations: all,
    weight: 10,
    quick: fail,
  },
  'api-no-answer': {
    family: 'api-server',
    title: 'API server does the work and never answers: a timeout whose outcome is not known',
    operations: short,
    weight: 2,
  },
  'api-frozen': {
    family: 'api-server',
    title: 'API server hangs for seconds',
    operations: changes,
    weight: 4,
  },
  'api-away': {
    family: 'api-server',
    title: 'API server cannot be reached for seconds',
    operations: all,
    weight: 6,
  },
  'watch-410': {
    family: 'api-server',
    title: 'watch ended with 410 Gone',
    operations: commits,
    weight: 7,
    quick: configure,
  },
  'git-away': {
    family: 'git',
    title: 'Git server cannot be reached when the commit is made',
    operations: commits,
    weight: 6,
  },
  'git-rewritten': {
    family: 'git',
    title: 'history rewritten between plan and apply',
    operations: short,
    weight: 5,
    quick: grow,
    needsApproval: true,
  },
  'admission-denies-apply': {
    family: 'admission',
    title: 'admission denies an apply that its dry run allowed',
    operations: [fail],
    weight: 6,
  },
  'admission-denies-delete': {
    family: 'admission',
    title: 'admission denies a DELETE',
    operations: [prune],
    weight: 5,
    quick: prune,
    leavesSurvivor: true,
  },
  'finalizer-never-clears': {
    family: 'objects',
    title: 'finalizer that does not clear holds an object',
    operations: [prune],
    weight: 2,
    leavesSurvivor: true,
  },
  'second-owner': {
    family: 'objects',
    title: 'second owner holds a field',
    operations: [configure, grow],
    weight: 6,
    quick: configure,
    ends: 'refused',
  },
  'evidence-disk-full': {
    family: 'disk',
    title: 'disk of the evidence full for seconds',
    operations: short,
    weight: 6,
    quick: configure,
  },
  'two-versions': {
    family: 'versions',
    title: 'worker of another build beside the first, which is killed',
    operations: changes,
    weight: 7,
  },
  'clock-jump': {
    family: 'clock',
    title: "worker's clock jumps by minutes to days",
    operations: changes,
    weight: 7,
    quick: configure,
  },
} as const satisfies Record<string, FaultKind>;

export type FaultName = keyof typeof faultKinds;

/** All names, in the order of the report. */
export const faultNames = Object.keys(faultKinds) as FaultName[];

/** A kind by its name. */
export function faultKind(name: FaultName): FaultKind {
  return faultKinds[name];
}
