import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { commitWanted } from '../run/commits.ts';
import { eventually } from '../run/eventually.ts';
import type { Ground } from '../run/ground.ts';
import type { FaultName } from '../scenario/faults.ts';
import { extraResources, Mark, patternName } from '../scenario/manifests.ts';
import type { Step } from '../scenario/scenario.ts';
import { isApply } from '../proxy/requests.ts';
import { type Arm, type Armed, strikeAfterCommit } from './armed.ts';

const hour = 3_600_000;
const jumps = [hour / 20, hour * 5, hour * 24 * 40];
const inNamespace = ['--namespace', patternName];

/** What happens to Git, to objects, to the disk, to the worker's build and to its clock. */
export const surroundingFaults = {
  'git-away': async ({ git }, { milliseconds }) => {
    git.behaviour = milliseconds % 2 === 0 ? { kind: 'status', status: 503 } : { kind: 'cut' };
    const before = git.requests.length;
    const asked = eventually('somebody to ask Git', () =>
      Promise.resolve(git.requests.length > before ? true : undefined),
    );
    const over = asked
      .then(() => delay(milliseconds))
      .finally(() => {
        git.behaviour = { kind: 'serve' };
      });
    over.catch(() => undefined);
    const settle = (): Promise<void> => over;
    return Promise.resolve({ struck: over.then(() => `${git.requests.length - before} requests`), settle });
  },
  'git-rewritten': async (ground, step) => {
    const { promise, resolve } = Promise.withResolvers<string>();
    return Promise.resolve({
      struck: promise,
      async beforeApproval() {
        if (step.after === undefined) return undefined;
        const rewritten = await commitWanted(ground.scene, step.after, { ...step, amend: true });
        resolve(`by ${rewritten.commit}`);
        return rewritten;
      },
      settle: () => Promise.resolve(),
    });
  },
  'admission-denies-apply': async ({ api }) => {
    const armed = api.arm({
      matches: (request) => isApply(request) && request.name === 'refused',
      nth: 1,
      strike: { kind: 'meanwhile', first: () => Promise.resolve() },
    });
    const struck = armed.struck.then(async () => {
      const status = await eventually('the refusal', () =>
        Promise.resolve(
          api.writes.find(({ name, status = 0 }) => name === 'refused' && status >= 400)?.status,
        ),
      );
      return `with ${status}`;
    });
    struck.catch(() => undefined);
    return Promise.resolve({
      struck,
      settle: () => {
        armed.disarm();
        return Promise.resolve();
      },
    });
  },
  'admission-denies-delete': async (ground, { before }) => {
    const object = [lastExtra(before?.extras), ...inNamespace];
    await ground.scene.kubectl('label', ...object, `${Mark.undeletable}=true`);
    return {
      struck: eventually('a DELETE that is refused', () =>
        Promise.resolve(
          ground.api.writes.find(
            ({ method, status }) => method === 'DELETE' && status !== undefined && status >= 400,
          ),
        ),
      ).then(({ status = 0 }) => `with ${status}`),
      settle: async () => {
        await ground.scene.kubectl('label', ...object, `${Mark.undeletable}-`);
      },
    };
  },
  'finalizer-never-clears': async (ground, { before }) => {
    const object = [lastExtra(before?.extras), ...inNamespace];
    const patch = (finalizers: string[] | null): Promise<string> =>
      ground.scene.kubectl(
        'patch',
        ...object,
        '--type=merge',
        '--patch',
        JSON.stringify({ metadata: { finalizers } }),
      );
    await patch(['chaos.meshwright.dev/never']);
    return {
      struck: eventually('a deletion that does not end', async () => {
        const text = await ground.scene.kubectl('get', ...object, '--output=json');
        return (JSON.parse(text) as { metadata: { deletionTimestamp?: string } }).metadata.deletionTimestamp;
      }),
      settle: async () => {
        await patch(null);
      },
    };
  },
  'second-owner': async ({ scene }, { before }) => {
    await applyAs(scene, { colour: 'theirs' });
    return {
      struck: Promise.resolve('data of ConfigMap settings-1'),
      settle: () => giveUp(scene, { colour: String(before?.colour) }),
    };
  },
  'evidence-disk-full': async ({ evidence, scene }, { milliseconds }) => {
    await evidence.fill();
    const failing = eventually('an activity that cannot keep its evidence', () =>
      failsFor(scene, 'EVIDENCE_UNAVAILABLE'),
    );
    const over = failing.then(() => delay(milliseconds)).finally(() => evidence.free());
    over.catch(() => undefined);
    return { struck: failing.then((activity) => `${activity} failed: ${evidence.kind}`), settle: () => over };
  },
  'two-versions': twoVersions,
  'clock-jump': ({ worker }, { milliseconds, nth }) => {
    const jump = (milliseconds % 2 === 0 ? 1 : -1) * (jumps[nth - 1] ?? hour);
    const armed = strikeAfterCommit(milliseconds / 3, async () => {
      await worker.shiftClock(jump);
      return `by ${jump / hour} hours`;
    });
    return Promise.resolve({
      ...armed,
      async settle() {
        await armed.settle();
        await worker.shiftClock(0);
      },
    });
  },
} satisfies Partial<Record<FaultName, Arm>>;

function lastExtra(extras = 0): string {
  const place = Math.max(1, extras);
  return `${extraResources[place - 1] ?? extraResources[0]}/extra-${place}`;
}

const somebodyElse = 'somebody-else';
const contested = ['configmap/settings-1', ...inNamespace];

async function applyAs(scene: Ground['scene'], data: object): Promise<void> {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings-1' }, data };
  const flags = ['--server-side', '--force-conflicts', `--field-manager=${somebodyElse}`];
  const file = await scene.write(JSON.stringify(object));
  await scene.kubectl('apply', ...flags, ...inNamespace, '--filename', file);
}

/** Puts the value back and ends the ownership: the field is nobody's until the next commit writes it. */
async function giveUp(scene: Ground['scene'], data: object): Promise<void> {
  await applyAs(scene, data);
  const text = await scene.kubectl('get', ...contested, '--show-managed-fields', '--output=json');
  const { metadata } = JSON.parse(text) as { metadata: { managedFields: { manager: string }[] } };
  const managedFields = metadata.managedFields.filter(({ manager }) => manager !== somebodyElse);
  const patch = JSON.stringify({ metadata: { managedFields } });
  await scene.kubectl('patch', ...contested, '--type=merge', '--patch', patch);
}

/** The activity of the watch that fails for a reason at present. */
async function failsFor({ temporal }: Ground['scene'], code: string): Promise<string | undefined> {
  const { raw } = await temporal.client.workflow.getHandle('repository:patterns').describe();
  const failing = (raw.pendingActivities ?? []).find(
    ({ lastFailure }) => lastFailure?.applicationFailureInfo?.type === code,
  );
  return failing?.activityType?.name ?? undefined;
}

/** Both take tasks; one of them dies on the way, and the other at the end. */
async function twoVersions({ worker }: Ground, { milliseconds }: Step): Promise<Armed> {
  const other = await worker.startOther();
  const before = await countPolls(other.log);
  await eventually('the other build to poll', async () =>
    (await countPolls(other.log)) > before ? true : undefined,
  );
  const armed = strikeAfterCommit(milliseconds / 2, async () => {
    await worker.crash();
    return `the first killed after ${Math.round(milliseconds / 2)} ms`;
  });
  return {
    ...armed,
    async settle() {
      await armed.settle();
      other.kill();
    },
  };
}

async function countPolls(log: string): Promise<number> {
  const text = await readFile(log, 'utf8').catch(() => '');
  return text.split('worker polls').length - 1;
}
