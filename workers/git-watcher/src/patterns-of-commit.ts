import { digestOfJson, type EvidenceStore } from '@meshwright/evidence';
import {
  type CommitInfo,
  type Diagnostic,
  type Digest,
  type PatternSnapshot,
  Purpose,
  type RolloutInput,
  type SourceTree,
} from '@meshwright/model';
import { asEvidence, type LoadOptions, loadPatterns, type PatternFile } from '@meshwright/pattern';
import { boundDiagnostics, nameOfInvalid } from './invalid-files.ts';
import type { NamedFile } from './removing.ts';
import type { WatchedRepository } from './repositories.ts';
import { validPattern } from './valid-pattern.ts';

/** What patterns are checked against. */
export interface Known {
  /** Ids of the mesh plugins. */
  knownMeshes: readonly string[];
  /** Names of the targets. */
  knownTargets: readonly string[];
}

/** A pattern file of a commit, by the name and digest it is known by. */
export interface ReadFile extends NamedFile {
  /** Without its path, so that a move is no change: its digest is the file's. */
  snapshot?: PatternSnapshot;
  diagnostics: Diagnostic[];
}

/** How the patterns of a repository are found and checked. */
export function patternOptions(
  { directory, approvals }: WatchedRepository['config'],
  { knownMeshes, knownTargets }: Known,
): LoadOptions {
  return { directory, except: [approvals], knownMeshes, knownTargets };
}

/** Reads every pattern of a tree, names it and gives it the digest it is known by. */
export async function readPatterns(
  tree: SourceTree,
  config: WatchedRepository['config'],
  known: Known,
): Promise<ReadFile[]> {
  return identify(await loadPatterns(tree, patternOptions(config, known)));
}

function identify(files: readonly PatternFile[]): ReadFile[] {
  const taken = new Set(files.flatMap(({ pattern, snapshot }) => (snapshot ? [pattern ?? ''] : [])));
  return files.map(({ path, pattern: said, snapshot, diagnostics }) => {
    if (snapshot !== undefined) {
      const { name } = snapshot.pattern.metadata;
      const stored = asEvidence(snapshot);
      const digest = digestOfJson(stored);
      return { path, pattern: name, digest, valid: true, snapshot: stored, diagnostics };
    }
    const pattern = nameOfInvalid(path, taken);
    taken.add(pattern);
    return { path, pattern, said, digest: digestOfJson(diagnostics), valid: false, diagnostics };
  });
}

/** Whose wish a rollout is, and who is told of it. */
export interface Asked {
  repository: string;
  commit: CommitInfo;
  channels: readonly string[];
}

/** The rollout that a file asks for; the snapshot of a valid one is stored as evidence. */
export async function rolloutOf(
  evidence: EvidenceStore,
  asked: Asked,
  { path, pattern, digest, snapshot, diagnostics }: ReadFile,
): Promise<{ input: RolloutInput; digest: Digest }> {
  const bounded = boundDiagnostics(diagnostics);
  const input = { ...rolloutBase(asked), path, pattern, diagnostics: bounded, purpose: Purpose.apply };
  if (snapshot === undefined) return { input, digest };
  return { input: { ...input, valid: validPattern(await evidence.putJson(snapshot), snapshot) }, digest };
}

/** What every rollout of one commit has in common. */
export function rolloutBase({
  repository,
  commit,
  channels,
}: Asked): Pick<RolloutInput, 'repository' | 'commit' | 'channels'> {
  return { repository, commit, ...(channels.length === 0 ? {} : { channels: [...channels] }) };
}
