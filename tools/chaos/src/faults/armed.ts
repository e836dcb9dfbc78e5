import { setTimeout as delay } from 'node:timers/promises';
import type { SeenRequest } from '../proxy/requests.ts';
import type { Rule } from '../proxy/rules.ts';
import type { Ground } from '../run/ground.ts';
import type { Commit } from '../run/commits.ts';
import type { Step } from '../scenario/scenario.ts';

/** A fault that waits for its moment, or has had it. */
export interface Armed {
  /** Settled with what was struck, once that has happened. */
  struck: Promise<string>;
  /** Told of each commit of the operation, right after it was made. */
  committed?: (commit: Commit) => void;
  /** Strikes when a plan waits for its approval; gives the commit that it put in place of that one, where it did. */
  beforeApproval?: (commit: Commit) => Promise<Commit | undefined>;
  /** Takes away what is left of the fault, once the operation has ended. */
  settle: () => Promise<void>;
}

/** Prepares a fault; nothing of the operation has begun. */
export type Arm = (ground: Ground, step: Step) => Promise<Armed>;

/** A fault that strikes a request. */
export function strikeRequest({ api }: Ground, rule: Rule): Armed {
  const armed = api.arm(rule);
  return {
    struck: armed.struck.then(describe),
    settle: () => {
      armed.disarm();
      return Promise.resolve();
    },
  };
}

/** A fault that strikes a while after the commit, wherever the rollout is then. */
export function strikeAfterCommit(milliseconds: number, strike: () => Promise<string>): Armed {
  const { promise: struck, resolve, reject } = Promise.withResolvers<string>();
  struck.catch(() => undefined);
  let begun: Promise<unknown> = Promise.resolve();
  return {
    struck,
    committed() {
      begun = delay(milliseconds).then(strike).then(resolve, reject);
    },
    settle: async () => {
      await begun;
    },
  };
}

/** Something that goes away at the nth request that fits, and comes back after a while. */
export function outageAt(
  ground: Ground,
  moment: Pick<Rule, 'matches' | 'nth'>,
  outage: { begin: () => Promise<void>; end: () => Promise<void>; milliseconds: number },
): Armed {
  let over: Promise<void> = Promise.resolve();
  const armed = ground.api.arm({
    ...moment,
    strike: {
      kind: 'meanwhile',
      async first() {
        await outage.begin();
        over = delay(outage.milliseconds).then(() => outage.end());
        over.catch(() => undefined);
      },
    },
  });
  return {
    struck: armed.struck.then(describe),
    async settle() {
      armed.disarm();
      await over;
    },
  };
}

/** A request as reports name it. */
export function describe({ method, resource, namespace, name, dryRun }: SeenRequest): string {
  const place = [namespace, name].filter((part) => part !== undefined).join('/');
  return `${method} ${resource} ${place}${dryRun ? ' (dry run)' : ''}`.trim();
}
