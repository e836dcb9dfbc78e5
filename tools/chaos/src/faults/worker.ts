import { setTimeout as delay } from 'node:timers/promises';
import type { FaultName } from '../scenario/faults.ts';
import { Operation } from '../scenario/faults.ts';
import {
  isApply,
  isDelete,
  isDryRun,
  isInventoryWrite,
  isRestart,
  isStageWrite,
  type SeenRequest,
} from '../proxy/requests.ts';
import type { Rule } from '../proxy/rules.ts';
import { changeWorkflow, historyOf } from '../reader/temporal.ts';
import type { Ground } from '../run/ground.ts';
import type { Step } from '../scenario/scenario.ts';
import { type Arm, type Armed, strikeAfterCommit, strikeRequest } from './armed.ts';

const lookMilliseconds = 60;

/** Everything that kills the worker, each at a moment of its own. */
export const workerFaults = {
  'kill-at-random': (ground, { milliseconds }) =>
    Promise.resolve(
      strikeAfterCommit(milliseconds / 2, async () => {
        await ground.worker.crash();
        return `after ${Math.round(milliseconds / 2)} ms`;
      }),
    ),
  'kill-while-planning': (ground, step) => killAt(ground, { matches: isDryRun, nth: step.nth }, step.when),
  'kill-while-awaiting-approval': async (ground) => {
    const { promise, resolve } = Promise.withResolvers<string>();
    return Promise.resolve({
      struck: promise,
      async beforeApproval() {
        await ground.worker.crash();
        resolve('while the plan waited');
        return undefined;
      },
      settle: () => Promise.resolve(),
    });
  },
  'kill-at-stage-boundary': killAtBoundary,
  'kill-before-apply': (ground, { nth }) => killAt(ground, { matches: isApply, nth }, 'before'),
  'kill-after-apply': (ground, { nth }) => killAt(ground, { matches: isApply, nth }, 'after'),
  'kill-between-inventory-and-object': (ground) =>
    killAt(ground, { matches: isInventoryWrite, nth: 1 }, 'after'),
  'kill-during-prune': (ground, { nth, when }) => killAt(ground, { matches: isDelete, nth }, when),
  'kill-during-way-back': (ground, { when }) => killAt(ground, { matches: wayBack(ground), nth: 1 }, when),
  'kill-during-restart': (ground, { when }) => killAt(ground, { matches: isRestart, nth: 1 }, when),
  'kill-at-record': (ground, { when }) =>
    killAt(
      ground,
      { matches: (request) => isInventoryWrite(request) && isRecord(ground, request), nth: 1 },
      when,
    ),
} satisfies Partial<Record<FaultName, Arm>>;

function killAt(
  ground: Ground,
  moment: Pick<Rule, 'matches' | 'nth'>,
  when: 'before' | 'after',
): Promise<Armed> {
  const strike = { kind: 'cut', when, first: () => ground.worker.crash() } as const;
  return Promise.resolve(strikeRequest(ground, { ...moment, strike }));
}

/** Of a change that is refused half-way, what is written after the refusal. */
function wayBack({ api }: Ground): (request: SeenRequest) => boolean {
  return (request) =>
    isStageWrite(request) &&
    api.writes.some(({ name, status }) => name === 'refused' && (status ?? 0) >= 400);
}

/** The record comes after all writes of stages; the declaration of an inventory before them, or after a deletion. */
function isRecord({ api }: Ground, { method }: SeenRequest): boolean {
  return method === 'PATCH' && api.writes.some(isStageWrite);
}

/** Looks into the history of the change: a verification that is scheduled is the boundary of two stages. */
async function killAtBoundary(ground: Ground, { nth, operation }: Step): Promise<Armed> {
  const stopping = new AbortController();
  const since = Date.now();
  const wanted = operation === Operation.configure ? 1 : nth;
  const run = async (): Promise<string> => {
    while (!stopping.signal.aborted) {
      const events = await historyOf(ground.scene, changeWorkflow).catch(() => []);
      const begun = events.filter(({ at, activity }) => at >= since && activity === 'verifyStage');
      if (begun.length >= wanted) {
        await ground.worker.crash();
        return `at the verification of stage ${begun.length}`;
      }
      await delay(lookMilliseconds);
    }
    throw new Error('The change ended before.');
  };
  const struck = run();
  struck.catch(() => undefined);
  return Promise.resolve({
    struck,
    async settle() {
      stopping.abort();
      await struck.catch(() => undefined);
    },
  });
}
