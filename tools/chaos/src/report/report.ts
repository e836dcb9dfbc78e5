import type { Violation } from '../reader/observation.ts';
import { invariantCount } from '../reader/invariants.ts';
import { type FaultName, faultKind, faultNames, type Operation } from '../scenario/faults.ts';

/** What came of one fault. */
export interface StepResult {
  index: number;
  fault: FaultName;
  operation: Operation;
  /** What was struck; absent when the fault never struck. */
  struck?: string;
  /** How the operation ended. */
  phase?: string;
  /** Whether it ended as it would have without the fault. */
  recovered: boolean;
  /** From the fault until the operation had ended. */
  secondsToRecover?: number;
  /** How many invariants were checked. */
  checked: number;
  violations: Violation[];
  /** Why it did not recover. */
  problem?: string;
  /** Repeats this step on a fresh ground. */
  repeat: string;
}

/** Where and on what a campaign ran. */
export interface Conditions {
  seed: number;
  startedAt: string;
  finishedAt: string;
  /** Engines with a cluster each, side by side. */
  grounds: number;
  cores: number;
  node: string;
  kubernetes: string;
  /** Tried with these two versions, which are one source under two numbers. */
  istio: string[];
  evidenceDisk: string;
}

export interface ChaosReport {
  conditions: Conditions;
  totals: Totals;
  kinds: KindTotals[];
  steps: StepResult[];
}

interface Totals {
  faults: number;
  struck: number;
  recovered: number;
  secondsToRecover: { p50: number; max: number };
  invariantsChecked: number;
  invariantsBroken: number;
}

interface KindTotals extends Totals {
  fault: FaultName;
  title: string;
}

/** The report of all steps. */
export function reportOf(conditions: Conditions, steps: readonly StepResult[]): ChaosReport {
  const kinds = faultNames.flatMap((fault) => {
    const own = steps.filter((step) => step.fault === fault);
    return own.length === 0 ? [] : [{ fault, title: faultKind(fault).title, ...totalsOf(own) }];
  });
  return {
    conditions,
    totals: totalsOf(steps),
    kinds,
    steps: steps.toSorted((left, right) => left.index - right.index),
  };
}

/** Whether every fault struck, all recovered, and no invariant was broken; no fault at all is none of these. */
export function isGood({ totals }: ChaosReport): boolean {
  const { faults, struck, recovered, invariantsBroken, invariantsChecked } = totals;
  const whole = invariantsChecked >= faults * invariantCount;
  return faults > 0 && struck === faults && recovered === faults && invariantsBroken === 0 && whole;
}

function totalsOf(steps: readonly StepResult[]): Totals {
  const seconds = steps
    .flatMap(({ secondsToRecover }) => (secondsToRecover === undefined ? [] : [secondsToRecover]))
    .sort((left, right) => left - right);
  return {
    faults: steps.length,
    struck: steps.filter(({ struck }) => struck !== undefined).length,
    recovered: steps.filter(({ recovered }) => recovered).length,
    secondsToRecover: {
      p50: seconds[Math.floor((seconds.length - 1) / 2)] ?? 0,
      max: seconds.at(-1) ?? 0,
    },
    invariantsChecked: steps.reduce((sum, { checked }) => sum + checked, 0),
    invariantsBroken: steps.reduce((sum, { violations }) => sum + violations.length, 0),
  };
}
