import { betaAtMost, clopperPearson, logGamma } from './binomial.ts';

/** Requests and those of them that failed: by status, by a broken connection, or for want of an answer in time. */
export interface ErrorCount {
  requests: number;
  errors: number;
}

/** Whether errors are more frequent than before, judged at any moment and as often as one likes. */
export interface ErrorBurst {
  /** True once the evidence is strong enough to stop a change. */
  burst: boolean;
  /** How many times better a higher share of errors explains what was seen than the highest that is accepted. */
  evidence: number;
  /** The share of errors that is accepted: the upper bound of the share before, and the margin. */
  accepted: number;
}

export interface ErrorLimits {
  /** What the share of errors may grow by: 0.005 is half a percentage point. */
  margin?: number;
  /** The chance that a change without more errors is stopped, over all looks together. */
  falseAlarm?: number;
}

/**
 * Compares the errors during a change with those before it. Always valid: the evidence is a likelihood ratio against the
 * accepted share, mixed over all higher shares, so that the chance of it ever reaching 1 / alpha without a higher share is
 * at most alpha (Ville 1939; Robbins 1970, doi:10.1214/aoms/1177696786). Half of the false alarm is kept for the
 * bound of the share before.
 */
export function errorBurst(before: ErrorCount, during: ErrorCount, limits: ErrorLimits = {}): ErrorBurst {
  const { margin = 0.005, falseAlarm = 0.01 } = limits;
  const accepted = Math.min(1, upperShare(before, falseAlarm / 2) + margin);
  const evidence = Math.exp(logEvidence(during, accepted));
  return { burst: evidence >= 2 / falseAlarm, evidence, accepted };
}

function upperShare({ requests, errors }: ErrorCount, tail: number): number {
  return requests === 0 ? 1 : clopperPearson(errors, requests, 1 - 2 * tail).high;
}

/** With a beta(1/2, 1/2) over the shares above the accepted one. */
function logEvidence({ requests, errors }: ErrorCount, accepted: number): number {
  if (accepted >= 1) return 0;
  const fine = requests - errors;
  const prior = [0.5, 0.5] as const;
  const above = 1 - betaAtMost(accepted, errors + prior[0], fine + prior[1]);
  if (above <= 0) return -Infinity;
  const mixed = logBeta(errors + prior[0], fine + prior[1]) + Math.log(above);
  const whole = logBeta(...prior) + Math.log(1 - betaAtMost(accepted, ...prior));
  const accounted = (errors === 0 ? 0 : errors * Math.log(accepted)) + fine * Math.log1p(-accepted);
  return mixed - whole - accounted;
}

function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b);
}
