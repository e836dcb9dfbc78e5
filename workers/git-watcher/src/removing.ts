import type { EvidenceStore } from '@meshwright/evidence';
import {
  type CommitReading,
  type Digest,
  isMeshwrightError,
  type KnownPattern,
  type PatternSnapshot,
  Purpose,
  type ReadCommitInput,
  type RolloutInput,
} from '@meshwright/model';
import type { FoundFile } from './comparing.ts';
import { nameOfInvalid } from './invalid-files.ts';
import { type Asked, rolloutBase } from './patterns-of-commit.ts';
import { validPattern } from './valid-pattern.ts';

/** A file of the commit; `said` is the name that an invalid one has in it, as far as it can be told. */
export interface NamedFile extends FoundFile {
  said?: string | undefined;
}

type Removed = CommitReading['removed'];

/**
 * Gives every file that is gone the rollout that would uninstall its pattern, from the snapshot that was stored when it
 * was read. A pattern that may only have moved, and one of which no snapshot is known, get a note instead.
 * @throws MeshwrightError EVIDENCE_UNAVAILABLE when the store cannot be read.
 */
export async function offerUninstalls(
  evidence: EvidenceStore,
  input: ReadCommitInput,
  asked: Asked,
  { removed, files }: { removed: Removed; files: readonly NamedFile[] },
): Promise<{ removed: Removed; notes: string[] }> {
  const offered: Removed = [];
  const notes: string[] = [];
  for (const gone of removed) {
    const kept = whyKept(gone, input.known, files);
    const rollout = kept === undefined ? await uninstall(evidence, input, asked, gone) : undefined;
    offered.push({ ...gone, ...(rollout === undefined ? {} : { rollout }) });
    if (rollout === undefined)
      notes.push(`Nothing is uninstalled for ${gone.path}: ${kept ?? unknown(gone)}.`);
  }
  return { removed: offered, notes };
}

/** Notes of files whose pattern has another name now: what it installed under the one before belongs to nobody. */
export function renamedInPlace(
  files: readonly NamedFile[],
  known: Readonly<Record<string, KnownPattern>>,
): string[] {
  return files.flatMap(({ path, pattern, valid }): string[] => {
    const before = known[path]?.pattern;
    if (!valid || before === undefined || before === pattern) return [];
    const isElsewhere = files.some((file) => file.pattern === before || file.said === before);
    if (isElsewhere || before.startsWith(nameOfInvalid(path, new Set()))) return [];
    return [`${path} was pattern ${before} and is ${pattern} now. ${stays(before)}`];
  });
}

/** Why a pattern whose file is gone may still be there; undefined when it is not. */
function whyKept(
  { pattern }: Removed[number],
  known: Readonly<Record<string, KnownPattern>>,
  files: readonly NamedFile[],
): string | undefined {
  const holder = files.find((file) => file.pattern === pattern || file.said === pattern);
  if (holder !== undefined) return `pattern ${pattern} is in ${holder.path}`;
  const unreadable = files.find(
    (file) => !file.valid && file.said === undefined && known[file.path] === undefined,
  );
  if (unreadable === undefined) return undefined;
  return `${unreadable.path} is new and cannot be read, so it may hold pattern ${pattern}. ${stays(pattern)}`;
}

function unknown({ pattern }: Removed[number]): string {
  return `it was invalid, or its snapshot is no longer in evidence. ${stays(pattern)}`;
}

function stays(pattern: string): string {
  return `What it installed stays until: meshwright uninstall ${pattern}`;
}

async function uninstall(
  evidence: EvidenceStore,
  { known }: ReadCommitInput,
  asked: Asked,
  { path, pattern }: Removed[number],
): Promise<RolloutInput | undefined> {
  const digest = known[path]?.digest;
  const snapshot = digest === undefined ? undefined : await storedSnapshot(evidence, digest);
  if (digest === undefined || snapshot === undefined) return undefined;
  const valid = validPattern(digest, snapshot);
  return { ...rolloutBase(asked), path, pattern, valid, diagnostics: [], purpose: Purpose.uninstall };
}

/** An invalid file is known by the digest of its diagnostics, which no store has. */
async function storedSnapshot(evidence: EvidenceStore, digest: Digest): Promise<PatternSnapshot | undefined> {
  try {
    return await evidence.getJson<PatternSnapshot>(digest);
  } catch (error) {
    if (isMeshwrightError(error) && error.code === 'EVIDENCE_MISSING') return undefined;
    throw error;
  }
}
