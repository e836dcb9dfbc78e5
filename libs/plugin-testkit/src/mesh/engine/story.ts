import { strict as assert } from 'node:assert';
import { setTimeout as delay } from 'node:timers/promises';
import { type Digest, Phase, Purpose, type RolloutStatus } from '@meshwright/model';
import { lead, type Led, remember, wishFor } from '../life/life.ts';
import type { MeshSubject } from '../subject.ts';
import type { Act, Told } from './told.ts';
import type { EngineTrial } from './trial.ts';

/** The story of a mesh: what a team asks of it by commits, led by the whole engine. */
export interface Story extends Led {
  trial: EngineTrial;
  /** The commit of each version. */
  commits: Map<string, string>;
  /** What was told of each act. */
  told: Map<Act, Told>;
}

const lookMilliseconds = 300;

/** Begins a story; what the mesh's own controllers make of stages is seen. */
export async function beginStory(subject: MeshSubject, trial: EngineTrial): Promise<Story> {
  return { ...(await lead(subject, trial)), trial, commits: new Map(), told: new Map() };
}

/** Ends a story; its cluster goes with its trial. */
export async function endStory({ standIn }: Story): Promise<void> {
  await standIn.stop();
}

/** Commits a version of the mesh with a workload in it; gives the commit. */
export async function commitVersion(story: Story, version: string, subject: string): Promise<string> {
  const commit = await story.trial.commit(subject, wishFor(story, version));
  story.commits.set(version, commit);
  return commit;
}

/** The rollout that waits for somebody, with the digest of what would be changed. */
export async function untilWaiting(
  { trial }: Story,
  commit: string,
): Promise<{ status: RolloutStatus; subject: string }> {
  const status = await trial.untilDecidable(commit);
  const { phase, approval, failure } = status;
  assert.equal(phase, Phase.awaitingApproval, `it waits for nobody: ${failure?.message ?? phase}`);
  assert.ok(approval !== undefined, 'nothing says what it waits for');
  return { status, subject: approval.subject };
}

/** Leads a rollout from its gate to its end, and keeps what was told of it. */
export async function leadThrough(story: Story, act: Act, commit: string): Promise<RolloutStatus> {
  const { trial, told } = story;
  const { status, subject } = await untilWaiting(story, commit);
  const waiting = await trial.look(commit);
  await trial.approve(commit, subject);
  await remember(story);
  const ended = await whileStoodInFor(story, status, () => trial.untilOver(commit));
  assert.equal(ended.phase, Phase.succeeded, reasonOf(ended));
  assert.deepEqual(plansOf(ended), plansOf(status), 'another plan was carried out than the one approved');
  await remember(story);
  told.set(act, { waiting, over: await trial.look(commit) });
  return ended;
}

function reasonOf({ phase, failure, targets }: RolloutStatus): string {
  const lines = targets.flatMap((target) => target.failure?.lines ?? []).slice(0, 5);
  return [`it is ${phase}: ${failure?.message ?? ''}`, ...lines].join(' ');
}

function plansOf({ targets }: RolloutStatus): (Digest | undefined)[] {
  return targets.map(({ plan }) => plan?.digest);
}

/** What is taken away makes nothing any more. */
async function whileStoodInFor<T>(
  story: Story,
  { purpose }: RolloutStatus,
  work: () => Promise<T>,
): Promise<T> {
  if (purpose === Purpose.uninstall) return work();
  const stopping = new AbortController();
  const standing = standIn(story, stopping.signal);
  try {
    return await work();
  } finally {
    stopping.abort();
    await standing;
  }
}

/** As controllers do, it looks again and again, and what it cannot do now it does at the next look. */
async function standIn({ trial, standIn: mesh, shop }: Story, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const stage = await trial.stageUnderWay();
    if (stage !== undefined) await mesh.applied(stage, [shop]).catch(() => undefined);
    await delay(lookMilliseconds, undefined, { signal }).catch(() => undefined);
  }
}
