import { resolve } from 'node:path';
import type { Config } from '@meshwright/config';
import {
  type Digest,
  MeshwrightError,
  type PatternSnapshot,
  type Plan,
  type PlanChangeInput,
  type PlanSummary,
  Purpose,
} from '@meshwright/model';
import { asEvidence, loadPatterns, type PatternFile } from '@meshwright/pattern';
import { openDirectory } from '../directory-tree.ts';
import { renderDiagnostic } from '../render/errors.ts';
import { createStyle } from '../render/style.ts';
import type { Session } from '../session.ts';
import { createProgress } from './progress.ts';
import { previewPlan } from './wait.ts';

/** What is to be planned: patterns of a directory, on their targets. */
export interface PreviewRequest {
  directory: string;
  /** The folder of the patterns in it; the one of the repository in the configuration by default. */
  patterns?: string | undefined;
  pattern?: string | undefined;
  cluster?: string | undefined;
  repository?: string | undefined;
  /** Whether the plan takes over what another tool installed. */
  adopt?: boolean | undefined;
  timeoutSeconds: number;
}

/** A plan with the digest that names it. */
export interface NamedPlan {
  digest: Digest;
  plan: Plan;
}

/** What a plan of files that are not committed says in place of a commit. */
const uncommitted = 'uncommitted';

/**
 * Plans the patterns of a directory as they are now, each target by its own agent, all at once.
 * @throws MeshwrightError INVALID_PATTERN with the diagnostics, INVALID_INPUT for names that nothing has, and what
 *   `previewPlan` throws.
 */
export async function planDirectory(session: Session, request: PreviewRequest): Promise<NamedPlan[]> {
  const config = await session.config();
  const repository = repositoryOf(config, request.repository);
  const snapshots = await readSnapshots(session, config, repository, request);
  const evidence = await session.evidence();
  const inputs = await Promise.all(
    snapshots.map(async (snapshot) => {
      const digest = await evidence.putJson(asEvidence(snapshot));
      return targetsOf(snapshot, request.cluster).map((cluster): PlanChangeInput => ({
        cluster,
        pattern: snapshot.pattern.metadata.name,
        repository: repository.name,
        commit: uncommitted,
        snapshot: digest,
        purpose: Purpose.apply,
        adopt: request.adopt === true,
        despiteHold: true,
      }));
    }),
  );
  const summaries = await previewPlans(session, inputs.flat(), request.timeoutSeconds);
  return Promise.all(
    summaries.map(async ({ digest }) => ({ digest, plan: await evidence.getJson<Plan>(digest) })),
  );
}

/**
 * Has plans made by the agents of their targets, all at once, with a line on standard error that says what is waited for.
 * @throws MeshwrightError what `previewPlan` throws.
 */
export async function previewPlans(
  session: Session,
  inputs: readonly PlanChangeInput[],
  timeoutSeconds: number,
): Promise<PlanSummary[]> {
  const client = await session.temporal();
  const progress = createProgress(session);
  const options = { timeoutSeconds, signal: session.host.interrupted, progress: progress.show };
  try {
    return await Promise.all(inputs.map((input) => previewPlan(client, input, options)));
  } finally {
    progress.clear();
  }
}

/** The repository that plans are made in the name of: the one that was named, or the only one there is. */
function repositoryOf(config: Config, name: string | undefined): { name: string; directory: string } {
  const { repositories } = config;
  const [first, ...others] = repositories;
  if (name === undefined) {
    return first !== undefined && others.length === 0 ? first : { name: 'directory', directory: 'patterns' };
  }
  const named = repositories.find((repository) => repository.name === name);
  if (named !== undefined) return named;
  throw new MeshwrightError('UNKNOWN_REPOSITORY', `The configuration has no repository "${name}".`, {
    lines: repositories.map((repository) => repository.name),
    remedy: 'Name one of the repositories above.',
  });
}

async function readSnapshots(
  session: Session,
  config: Config,
  repository: { directory: string },
  request: PreviewRequest,
): Promise<PatternSnapshot[]> {
  const folder = request.patterns ?? repository.directory;
  const files = await loadPatterns(await openDirectory(resolve(session.host.cwd, request.directory)), {
    directory: folder,
    knownTargets: config.targets.map(({ name }) => name),
  });
  const wanted =
    request.pattern === undefined ? files : files.filter(({ pattern }) => pattern === request.pattern);
  if (wanted.length === 0) throw nothingToPlan(request, folder, files);
  const snapshots = wanted.flatMap(({ snapshot }) => snapshot ?? []);
  if (snapshots.length < wanted.length) throw invalidPatterns(wanted);
  const chosen = snapshots.filter((snapshot) => targetsOf(snapshot, request.cluster).length > 0);
  if (chosen.length > 0) return chosen;
  throw new MeshwrightError('INVALID_INPUT', `No pattern here has the target "${request.cluster ?? ''}".`, {
    lines: snapshots.map(
      ({ pattern }) => `${pattern.metadata.name}: ${targetsOf({ pattern }, undefined).join(', ')}`,
    ),
    remedy: 'Name one of the targets above with --cluster.',
  });
}

function targetsOf({ pattern }: Pick<PatternSnapshot, 'pattern'>, cluster: string | undefined): string[] {
  const names = pattern.spec.targets.map((target) => target.cluster);
  return cluster === undefined ? names : names.filter((name) => name === cluster);
}

function nothingToPlan(
  request: PreviewRequest,
  folder: string,
  files: readonly PatternFile[],
): MeshwrightError {
  const what =
    request.pattern === undefined ? 'There is no pattern' : `There is no pattern "${request.pattern}"`;
  return new MeshwrightError('INVALID_INPUT', `${what} in ${request.directory}, folder ${folder}.`, {
    lines: files.flatMap(({ pattern }) => pattern ?? []),
    remedy: 'Name the root of the patterns repository with --directory, its folder with --patterns.',
  });
}

function invalidPatterns(files: readonly PatternFile[]): MeshwrightError {
  const diagnostics = files
    .flatMap((file) => file.diagnostics)
    .filter(({ severity }) => severity === 'error');
  return new MeshwrightError('INVALID_PATTERN', 'Nothing was planned, because a pattern is wrong.', {
    lines: diagnostics.flatMap((diagnostic) => renderDiagnostic(diagnostic, createStyle(false))),
    remedy: 'Correct it; `meshwright validate` checks it without a cluster.',
  });
}
