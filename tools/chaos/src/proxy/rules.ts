import type { SeenRequest } from './requests.ts';

/** What becomes of a request that is struck. */
export type Strike =
  /** It is answered with this status and never reaches the API server. */
  | { kind: 'answer'; status: number }
  /** Its connection breaks, before it reaches the API server or after that did its work; `first` is done before. */
  | { kind: 'cut'; when: 'before' | 'after'; first?: () => Promise<void> }
  /** The API server does its work, and no answer comes. */
  | { kind: 'silence' }
  /** Of a watch: it begins with the event that its place in history is gone. */
  | { kind: 'expire' }
  /** Something else happens first; the request goes on. */
  | { kind: 'meanwhile'; first: () => Promise<void> };

/** Which requests are struck and how. */
export interface Rule {
  matches: (request: SeenRequest) => boolean;
  /** From which of the matching requests on, from 1. */
  nth: number;
  /** How many of them. */
  times?: number;
  strike: Strike;
}

/** A rule that waits for its requests. */
export interface ArmedRule {
  /** Settled when the first request is struck. */
  struck: Promise<SeenRequest>;
  disarm(): void;
}

/** The rules that are armed now. */
export class Rules {
  readonly #armed = new Set<{ rule: Rule; matched: number; tell: (request: SeenRequest) => void }>();

  arm(rule: Rule): ArmedRule {
    const { promise, resolve } = Promise.withResolvers<SeenRequest>();
    const armed = { rule, matched: 0, tell: resolve };
    this.#armed.add(armed);
    return { struck: promise, disarm: () => void this.#armed.delete(armed) };
  }

  /** What becomes of this request; every rule it matches counts it, the first that strikes wins. */
  strikeOf(request: SeenRequest): Strike | undefined {
    let strike: Strike | undefined;
    for (const armed of this.#armed) {
      const { rule, tell } = armed;
      if (!rule.matches(request)) continue;
      armed.matched += 1;
      const isStruck = armed.matched >= rule.nth && armed.matched < rule.nth + (rule.times ?? 1);
      if (!isStruck || strike !== undefined) continue;
      strike = rule.strike;
      tell(request);
    }
    return strike;
  }
}
