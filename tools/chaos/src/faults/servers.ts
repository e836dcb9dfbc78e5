import { kill } from 'node:process';
import { openProcessGroup, type ProcessStatus } from '@meshwright/testbed';
import { isStageWrite } from '../proxy/requests.ts';
import type { Strike } from '../proxy/rules.ts';
import type { Ground } from '../run/ground.ts';
import type { FaultName } from '../scenario/faults.ts';
import type { Step } from '../scenario/scenario.ts';
import { type Arm, type Armed, outageAt, strikeRequest } from './armed.ts';

const answersInARow = 3;

/** What happens to Temporal and to the API server. */
export const serverFaults = {
  'temporal-cut': (ground, step) =>
    outage(ground, step, {
      begin: () => {
        ground.temporal.cut();
        return Promise.resolve();
      },
      end: () => {
        ground.temporal.mend();
        return Promise.resolve();
      },
    }),
  'temporal-frozen': (ground, step) => outage(ground, step, frozen(ground, 'temporal')),
  'temporal-killed': async (ground, step) => {
    const group = openProcessGroup(ground.scene.testbed.directory);
    const { pid, name, command, args } = await programOf(ground, 'temporal');
    return outage(ground, step, {
      begin: async () => {
        kill(pid, 'SIGKILL');
        await group.stop(name);
      },
      end: async () => {
        await group.start({ name, command, args });
      },
    });
  },
  'api-429': (ground) => struck(ground, { kind: 'answer', status: 429 }, answersInARow),
  'api-500': (ground) => struck(ground, { kind: 'answer', status: 500 }, answersInARow),
  'api-503': (ground) => struck(ground, { kind: 'answer', status: 503 }, answersInARow),
  'api-cut-before': (ground, { nth }) => struck(ground, { kind: 'cut', when: 'before' }, 1, nth),
  'api-cut-after': (ground, { nth }) => struck(ground, { kind: 'cut', when: 'after' }, 1, nth),
  'api-no-answer': (ground, { nth }) => struck(ground, { kind: 'silence' }, 1, nth),
  'api-frozen': (ground, step) => outage(ground, step, frozen(ground, 'kube-apiserver')),
  'api-away': (ground, step) =>
    outage(ground, step, {
      begin: () => {
        // The request that triggers it is cut as well, so that something is always struck.
        void ground.api.goAway();
        return Promise.resolve();
      },
      end: () => {
        ground.api.comeBack();
        return Promise.resolve();
      },
    }),
  'watch-410': (ground) =>
    Promise.resolve(
      strikeRequest(ground, { matches: ({ watch }) => watch, nth: 1, strike: { kind: 'expire' } }),
    ),
} satisfies Partial<Record<FaultName, Arm>>;

function struck(ground: Ground, strike: Strike, times: number, nth = 1): Promise<Armed> {
  return Promise.resolve(strikeRequest(ground, { matches: isStageWrite, nth, times, strike }));
}

function outage(
  ground: Ground,
  { nth, milliseconds }: Step,
  { begin, end }: { begin: () => Promise<void>; end: () => Promise<void> },
): Promise<Armed> {
  return Promise.resolve(
    outageAt(ground, { matches: isStageWrite, nth }, { begin, end, milliseconds: 1_000 + milliseconds }),
  );
}

function frozen(ground: Ground, program: string) {
  let pid: number | undefined;
  return {
    begin: async () => {
      ({ pid } = await programOf(ground, program));
      kill(pid, 'SIGSTOP');
    },
    end: () => {
      if (pid !== undefined) kill(pid, 'SIGCONT');
      return Promise.resolve();
    },
  };
}

async function programOf({ scene }: Ground, program: string): Promise<ProcessStatus> {
  const programs = await openProcessGroup(scene.testbed.directory).list();
  const found = programs.find(({ name, running }) => name === program && running);
  if (found === undefined) throw new Error(`${program} does not run.`);
  return found;
}
