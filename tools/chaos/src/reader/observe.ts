import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '../run/eventually.ts';
import type { Ground } from '../run/ground.ts';
import { patternName } from '../scenario/manifests.ts';
import { readEverything } from './cluster.ts';
import type { Observation, PlanEvidence } from './observation.ts';
import { scheduledStages } from './payloads.ts';
import { readState } from './state.ts';
import { type Run, runsSince } from './temporal.ts';

const digestPrefix = 'sha256:';
const patienceMilliseconds = 30_000;

/** Looks at everything, by other means than the engine's own. */
export async function observe(
  ground: Ground,
  expected: Pick<Observation, 'since' | 'rollouts' | 'before' | 'after'>,
): Promise<Observation> {
  const { scene, access, api, worker, evidence, secrets } = ground;
  const [live, runs] = await Promise.all([
    // The API server answers 429 for kinds that it has only just learned of.
    eventually('the cluster to be read', () => readEverything(access), patienceMilliseconds),
    runsSince(scene, expected.since),
  ]);
  const files = [...worker.logs(), ...(await filesSince(evidence.directory, expected.since))];
  return {
    ...expected,
    live,
    state: await readState(access, live),
    runs,
    writes: [...api.writes],
    plans: await plansOf(runs, evidence.directory),
    texts: [
      ...runs.map(({ workflow, text }) => ({ place: `the history of ${workflow}`, text })),
      ...(await Promise.all(files.map(readText))),
      ...(await printed(ground)),
    ],
    secrets,
  };
}

async function plansOf(runs: readonly Run[], directory: string): Promise<Observation['plans']> {
  const digests = new Set(runs.flatMap((run) => scheduledStages(run).map(({ plan }) => plan)));
  const plans = [...digests].map(async (digest) => [digest, await readPlan(digest, directory)] as const);
  return new Map(await Promise.all(plans));
}

/** Undefined where it is not there or is not what its digest says. */
async function readPlan(digest: string, directory: string): Promise<PlanEvidence | undefined> {
  const hex = digest.slice(digestPrefix.length);
  const content = await readFile(join(directory, hex.slice(0, 2), hex)).catch(() => undefined);
  if (content === undefined || createHash('sha256').update(content).digest('hex') !== hex) return undefined;
  return JSON.parse(content.toString('utf8')) as PlanEvidence;
}

async function readText(path: string): Promise<{ place: string; text: string }> {
  return { place: path, text: await readFile(path, 'latin1').catch(() => '') };
}

async function filesSince(directory: string, since: number): Promise<string[]> {
  const paths = (await readdir(directory, { recursive: true })).map((name) => join(directory, name));
  const stats = await Promise.all(paths.map((path) => stat(path)));
  return paths.filter((_, place) => stats[place]?.isFile() === true && stats[place].mtimeMs >= since);
}

/** What the command line tells of the pattern. */
async function printed({ scene }: Ground): Promise<{ place: string; text: string }[]> {
  const commands = [
    ['status', patternName],
    ['why', patternName],
  ];
  const outputs = commands.map(async (command) => ({
    place: `meshwright ${command.join(' ')}`,
    text: JSON.stringify(await scene.meshwright(...command)),
  }));
  return Promise.all(outputs);
}
