import { digestOfJson, type EvidenceStore } from '@meshwright/evidence';
import type { CommitTree } from '@meshwright/git';
import {
  type CommitInfo,
  type CommitReading,
  type Diagnostic,
  MeshwrightError,
  type PatternSnapshot,
  Purpose,
  type ReadCommitInput,
} from '@meshwright/model';
import { loadPatterns, type PatternFile } from '@meshwright/pattern';
import { compareWithKnown } from './comparing.ts';
import { boundDiagnostics, nameOfInvalid } from './invalid-files.ts';
import { type NamedFile, offerUninstalls, renamedInPlace } from './removing.ts';
import type { RepositoryFinder, WatchedRepository } from './repositories.ts';
import { validPattern } from './valid-pattern.ts';

export interface ReadOptions {
  find: RepositoryFinder;
  evidence: EvidenceStore;
  /** Ids of the mesh plugins. */
  knownMeshes: readonly string[];
  /** Names of the targets. */
  knownTargets: readonly string[];
  signal: AbortSignal;
}

/** What one reading may hold: Temporal refuses payloads of 2 MB. */
const mostChanged = 500;
const mostPatterns = 1_000;
const mostBytes = 1_500_000;
/** Diagnostics for each file when all of them together would be too large. */
const fewDiagnostics = 2;
const mostNamed = 5;

interface ReadFile extends NamedFile {
  /** Without its path, so that a move is no change: its digest is the file's. */
  snapshot?: PatternSnapshot;
  diagnostics: Diagnostic[];
}

/**
 * Fetches a commit, checks its signature before anything in it is believed, reads its patterns and compares them with
 * what is known; new and changed ones are stored as evidence, and those that are gone are looked up there.
 * @throws MeshwrightError SIGNATURE_REFUSED, after which nothing is known of the commit; INVALID_INPUT when there are
 * more patterns than one reading holds; and what `Repository` throws.
 */
export async function readCommit(options: ReadOptions, input: ReadCommitInput): Promise<CommitReading> {
  const { find, knownMeshes, knownTargets, signal } = options;
  const watched = find(input.repository);
  const { repository, config } = watched;
  await repository.fetch(input.commit, signal);
  if (config.signatures?.required === true) await repository.verifySignature(input.commit);
  const commit = await repository.commitInfo(input.commit);
  const forced = await isForced(watched, input, signal);
  const tree = await repository.tree(input.commit);
  const { directory } = config;
  const files = identify(await loadPatterns(tree, { directory, knownMeshes, knownTargets }));
  const { changed, ...comparison } = compareWithKnown(files, input.known);
  requireFit(files.length, changed.length + comparison.removed.length);
  const rollouts: CommitReading['rollouts'] = [];
  for (const file of changed) rollouts.push(await rolloutOf(options, input, commit, file));
  const gone = { removed: comparison.removed, files };
  const { removed, notes: kept } = await offerUninstalls(options.evidence, input, commit, gone);
  const left = [...kept, ...renamedInPlace(files, input.known)];
  const notes = [...tree.notes, ...(await submoduleNotes(tree)), ...left];
  return fitting({ commit, rollouts, ...comparison, removed, forced, notes });
}

async function isForced(
  { repository }: WatchedRepository,
  { commit, previousCommit }: ReadCommitInput,
  signal: AbortSignal,
): Promise<boolean> {
  if (previousCommit === undefined || previousCommit === commit) return false;
  return !(await repository.isAncestor(previousCommit, commit, signal));
}

/** Names every file and gives it the digest it is known by. */
function identify(files: readonly PatternFile[]): ReadFile[] {
  const taken = new Set(files.flatMap(({ pattern, snapshot }) => (snapshot ? [pattern ?? ''] : [])));
  return files.map(({ path, pattern: said, snapshot, diagnostics }) => {
    if (snapshot !== undefined) {
      const { name } = snapshot.pattern.metadata;
      const pathless = { ...snapshot, path: '' };
      const digest = digestOfJson(pathless);
      return { path, pattern: name, digest, valid: true, snapshot: pathless, diagnostics };
    }
    const pattern = nameOfInvalid(path, taken);
    taken.add(pattern);
    return { path, pattern, said, digest: digestOfJson(diagnostics), valid: false, diagnostics };
  });
}

async function rolloutOf(
  { evidence }: ReadOptions,
  { repository }: ReadCommitInput,
  commit: CommitInfo,
  { path, pattern, digest, snapshot, diagnostics }: ReadFile,
): Promise<CommitReading['rollouts'][number]> {
  const bounded = boundDiagnostics(diagnostics);
  const input = { repository, commit, path, pattern, diagnostics: bounded, purpose: Purpose.apply };
  if (snapshot === undefined) return { input, digest };
  return { input: { ...input, valid: validPattern(await evidence.putJson(snapshot), snapshot) }, digest };
}

async function submoduleNotes(tree: CommitTree): Promise<string[]> {
  const paths = (await tree.list()).filter(({ kind }) => kind === 'submodule').map(({ path }) => path);
  if (paths.length === 0) return [];
  const more = paths.length > mostNamed ? ` and ${paths.length - mostNamed} more` : '';
  return [`Submodules are not followed: ${paths.slice(0, mostNamed).join(', ')}${more}.`];
}

function requireFit(patterns: number, changed: number): void {
  const remedy = 'Split the patterns into several repositories, or the change into several commits.';
  if (patterns > mostPatterns) {
    throw new MeshwrightError(
      'INVALID_INPUT',
      `The commit has ${patterns} patterns; at most ${mostPatterns} are kept track of in one repository.`,
      { remedy },
    );
  }
  if (changed > mostChanged) {
    throw new MeshwrightError(
      'INVALID_INPUT',
      `The commit changes or removes ${changed} patterns; at most ${mostChanged} are rolled out by one commit.`,
      { remedy },
    );
  }
}

/** The reading, with fewer diagnostics where all of them would be more than a workflow may carry. */
function fitting(reading: CommitReading): CommitReading {
  if (bytesOf(reading) <= mostBytes) return reading;
  const rollouts = reading.rollouts.map(({ input, digest }) => ({
    input: { ...input, diagnostics: boundDiagnostics(input.diagnostics, fewDiagnostics) },
    digest,
  }));
  const smaller = { ...reading, rollouts };
  if (bytesOf(smaller) <= mostBytes) return smaller;
  throw new MeshwrightError('INVALID_INPUT', 'The commit changes more than one reading holds.', {
    remedy: 'Split the change into several commits.',
  });
}

function bytesOf(reading: CommitReading): number {
  return Buffer.byteLength(JSON.stringify(reading));
}
