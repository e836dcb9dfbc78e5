import { type FaultName, faultKind, faultNames, Operation } from './faults.ts';
import { type Random, seededRandom } from '@meshwright/statistics';

/** What the pattern says: which of the two versions, and what its workloads hold. */
export interface Desired {
  version: 'old' | 'young';
  /** Written into every object of the workloads. */
  colour: number;
  /** How many further objects there are, each of a kind of its own. */
  extras: number;
}

/** One operation under one fault. All of it follows from the seed. */
export interface Step {
  /** From 1. */
  index: number;
  fault: FaultName;
  operation: Operation;
  /** Whether the plan waits for an approval. */
  approval: boolean;
  /** What runs before; undefined where there is no mesh. */
  before: Desired | undefined;
  /** What runs when all is over. */
  after: Desired | undefined;
  /** What is committed; undefined for an uninstall. */
  wanted: Desired | undefined;
  /** Which of the requests or moments that fit is struck, from 1. */
  nth: number;
  /** Whether the fault strikes before or after the work, where it has both. */
  when: 'before' | 'after';
  /** For faults that strike at a time, or last some time. */
  milliseconds: number;
}

export interface ScenarioOptions {
  seed: number;
  faults: number;
  /** One fault of each kind that a quick run has, in an order of its own. */
  quick?: boolean;
  only?: FaultName;
}

/** How many objects the workloads hold at most beyond those that are always there. */
export const mostExtras = 3;
const approvalShare = 0.25;

/** The steps of a seed; each begins where the one before it has ended. */
export function scenarioOf(options: ScenarioOptions): Step[] {
  const random = seededRandom(options.seed);
  const deal = dealer(random, options);
  const steps: Step[] = [];
  let state: Desired | undefined;
  for (let index = 1; index <= options.faults; index += 1) {
    const possible = possibleNow(state, index, options);
    const { fault, operation } = deal(possible);
    const step = stepOf({ index, fault, operation, state, random });
    steps.push(step);
    state = step.after;
  }
  return steps;
}

/** Without a mesh there is nothing but to install it; an uninstall comes seldom, for it costs the most. */
function possibleNow(state: Desired | undefined, index: number, { only }: ScenarioOptions): Set<Operation> {
  if (state === undefined) return new Set([Operation.install]);
  const operations = new Set<Operation>([Operation.configure, Operation.fail]);
  operations.add(state.extras > 0 ? Operation.prune : Operation.grow);
  if (only !== undefined) return operations.add(Operation.upgrade).add(Operation.uninstall);
  if (index % 6 === 0) operations.add(Operation.upgrade);
  if (index % 25 === 0) return new Set([Operation.uninstall]);
  return operations;
}

type Deal = (possible: ReadonlySet<Operation>) => { fault: FaultName; operation: Operation };

/** Deals from a shuffled deck in which every kind lies as often as its weight says, and one of each above the others. */
function dealer(random: Random, options: ScenarioOptions): Deal {
  let deck: FaultName[] = [];
  return (possible) => {
    for (;;) {
      const place = deck.findIndex((name) => operationsOf(name, options, possible).length > 0);
      const [fault] = place === -1 ? [] : deck.splice(place, 1);
      if (fault !== undefined)
        return { fault, operation: likely(random, operationsOf(fault, options, possible)) };
      const fresh = deckOf(random, options);
      if (!fresh.some((name) => operationsOf(name, options, possible).length > 0)) {
        return { fault: 'kill-at-random', operation: random.pick([...possible]) };
      }
      deck = [...deck, ...fresh];
    }
  };
}

function deckOf(random: Random, { quick = false, only }: ScenarioOptions): FaultName[] {
  if (only !== undefined) return [only];
  if (quick) return faultNames.filter((name) => faultKind(name).quick !== undefined);
  const others = faultNames.flatMap((name) => Array<FaultName>(faultKind(name).weight - 1).fill(name));
  return [...random.shuffled(faultNames), ...random.shuffled(others)];
}

function operationsOf(
  name: FaultName,
  { quick = false }: ScenarioOptions,
  possible: ReadonlySet<Operation>,
): Operation[] {
  const { operations, quick: only } = faultKind(name);
  return operations.filter(
    (operation) => possible.has(operation) && (!quick || only === undefined || operation === only),
  );
}

/** What costs long and is possible now is what is done. */
function likely(random: Random, operations: readonly Operation[]): Operation {
  return operations.includes(Operation.upgrade) ? Operation.upgrade : random.pick(operations);
}

function stepOf(given: {
  index: number;
  fault: FaultName;
  operation: Operation;
  state: Desired | undefined;
  random: Random;
}): Step {
  const { index, fault, operation, state, random } = given;
  const { needsApproval, ends, leavesSurvivor } = faultKind(fault);
  const wanted = wantedBy(operation, state, random);
  const isKept = operation !== Operation.fail && ends === undefined;
  const kept = wanted && { ...wanted, colour: wanted.colour + (addsCommit(fault) ? 1 : 0) };
  return {
    index,
    fault,
    operation,
    approval: needsApproval === true || (leavesSurvivor !== true && random.next() < approvalShare),
    before: state,
    wanted,
    after: isKept ? kept : state,
    nth: 1 + random.below(3),
    when: random.pick(['before', 'after']),
    milliseconds: 200 + random.below(3_800),
  };
}

/** Whether a further commit follows that is what stays: a rewritten one, or the one after what could not be deleted. */
export function addsCommit(fault: FaultName): boolean {
  return fault === 'git-rewritten' || faultKind(fault).leavesSurvivor === true;
}

function wantedBy(operation: Operation, state: Desired | undefined, random: Random): Desired | undefined {
  if (operation === Operation.uninstall) return undefined;
  if (state === undefined) return { version: 'old', colour: 1, extras: random.below(mostExtras + 1) };
  const next = { ...state, colour: state.colour + 2 };
  if (operation === Operation.grow) return { ...next, extras: mostExtras };
  if (operation === Operation.prune) return { ...next, extras: 0 };
  if (operation === Operation.upgrade) return { ...next, version: state.version === 'old' ? 'young' : 'old' };
  return next;
}
