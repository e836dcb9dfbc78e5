import { appendFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkInvariants } from './reader/invariants.ts';
import type { Observation } from './reader/observation.ts';
import { observe } from './reader/observe.ts';
import { stateOf } from './reader/state.ts';
import { runCampaign } from './run/campaign.ts';
import { commitWanted } from './run/commits.ts';
import { type Ground, openGround } from './run/ground.ts';
import { rolloutId, seeThrough } from './run/operation.ts';
import { faultKind, faultNames, Operation } from './scenario/faults.ts';
import { patternName } from './scenario/manifests.ts';
import { scenarioOf } from './scenario/scenario.ts';

const seed = 1;
const faults = faultNames.filter((name) => faultKind(name).quick !== undefined).length;
const state = { version: 'old', colour: 1_001, extras: 0 } as const;

let opened: Ground | undefined;
let seen: Observation;

function here(): Ground {
  if (opened === undefined) throw new Error('There is no ground.');
  return opened;
}

beforeAll(async () => {
  opened = await openGround();
});
afterAll(() => opened?.stop());

/** What the reader sees now of the operation that was observed first. */
function lookAgain(): Promise<Observation> {
  const { since, rollouts, before, after } = seen;
  return observe(here(), { since, rollouts, before, after });
}

describe('an engine under one fault of each kind', () => {
  it('recovers from every one, and breaks no invariant', async () => {
    const results = await runCampaign(here(), {
      steps: scenarioOf({ seed, faults, quick: true }),
      repeat: ({ index }) => `npm run chaos -- --quick --seed ${seed} --step ${index}`,
      tell: () => undefined,
      signal: new AbortController().signal,
    });
    expect(results.filter(({ recovered, violations }) => !recovered || violations.length > 0)).toEqual([]);
    expect(results).toHaveLength(faults);
  });
});

describe('the reader, on the same cluster', () => {
  beforeAll(async () => {
    const since = Date.now();
    here().api.forget();
    const commit = await commitWanted(here().scene, state, {
      operation: Operation.configure,
      approval: false,
    });
    await seeThrough(here(), commit);
    const after = stateOf(state, undefined);
    seen = await observe(here(), { since, rollouts: [rolloutId(commit)], before: [], after });
  });

  it('finds nothing wrong after an operation without a fault', () => {
    expect(checkInvariants(seen)).toEqual([]);
  });

  it('catches an object that was taken out of its inventory', async () => {
    const object = ['configmap/settings-2', '--namespace', patternName];
    await here().scene.kubectl('label', ...object, 'applyset.kubernetes.io/part-of-');
    expect(checkInvariants(await lookAgain())).toEqual([
      {
        invariant: 2,
        what: `ConfigMap ${patternName}/settings-2 was applied by Meshwright and is in no inventory.`,
      },
    ]);
    const parent = seen.live.find(
      ({ kind, labels }) => kind === 'ConfigMap' && 'applyset.kubernetes.io/id' in labels,
    );
    const set = parent?.labels['applyset.kubernetes.io/id'] ?? '';
    await here().scene.kubectl('label', ...object, `applyset.kubernetes.io/part-of=${set}`);
  });

  it('catches an object that is neither in the old state nor in the new', async () => {
    const object = ['configmap/settings-3', '--namespace', patternName];
    const patch = (colour: number) => JSON.stringify({ data: { colour: String(colour) } });
    await here().scene.kubectl('patch', ...object, '--type=merge', '--patch', patch(7));
    const problems = checkInvariants(await lookAgain());
    expect(problems).toEqual([
      { invariant: 4, what: expect.stringContaining('settings-3 of colour 7') as string },
    ]);
    await here().scene.kubectl('patch', ...object, '--type=merge', '--patch', patch(state.colour));
  });

  it('catches a secret in a log', async () => {
    const [log = ''] = here().worker.logs();
    const [secret] = here().secrets;
    await appendFile(log, `${Buffer.from(`password=${secret?.value ?? ''}`).toString('base64')}\n`);
    expect(checkInvariants(await lookAgain())).toEqual([
      { invariant: 6, what: `The Git password is in ${log}.` },
    ]);
  });
});
