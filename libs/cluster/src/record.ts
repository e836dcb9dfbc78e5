import { type ConcludeInput, type Digest, type KubernetesObject, MeshwrightError } from '@meshwright/model';
import { numberAt, objectsAt, textAt } from './json.ts';

/** What is written down of a target beside its inventory: what it has now, how it came there, and what is held. */
export interface TargetRecord {
  /** The plan that was carried out last. */
  plan: Digest;
  commit: string;
  /** The digest of the pattern's snapshot. */
  snapshot: Digest;
  /** The workflow id of the rollout. */
  rollout: string;
  mesh: { type: string; version: string; revision: string };
  outcome: ConcludeInput['outcome'];
  /** When it ended, milliseconds since 1970. */
  at: number;
  /** Commits that are not tried again by themselves. */
  held?: HeldCommit[];
}

/** A commit that was taken back, with the reason. */
export interface HeldCommit {
  commit: string;
  reason: string;
  /** Since when, milliseconds since 1970. */
  at: number;
}

const recordKey = 'record';
const heldKey = 'held';
const mostHeld = 20;
const longestText = 1_000;

/** The record as data of a ConfigMap: the newest 20 holds, each once, and no text above 1,000 characters. */
export function recordData(record: TargetRecord): Record<string, string | null> {
  const { held = [], ...rest } = record;
  const kept = newestHolds(held);
  const text = JSON.stringify(rest, (_field, value: unknown) => shortened(value), 2);
  const holds = JSON.stringify(kept, (_field, value: unknown) => shortened(value), 2);
  return { [recordKey]: text, [heldKey]: kept.length === 0 ? null : holds };
}

/**
 * The record in a ConfigMap; undefined where there is none.
 * @throws MeshwrightError INVALID_INPUT when somebody changed it so that it cannot be read: a hold must not get lost.
 */
export function readRecordData(parent: KubernetesObject): TargetRecord | undefined {
  const text = textAt(parent, 'data', recordKey);
  if (text === undefined) return undefined;
  try {
    const record: unknown = JSON.parse(text);
    const held: unknown = JSON.parse(textAt(parent, 'data', heldKey) ?? '[]');
    return { ...recordOf(record), ...holdsOf(held) };
  } catch (error) {
    throw new MeshwrightError(
      'INVALID_INPUT',
      `The record in ConfigMap ${parent.metadata.namespace ?? ''}/${parent.metadata.name} cannot be read.`,
      {
        remedy: `Put it right, or remove "${recordKey}" and "${heldKey}" from its data: then no commit is held.`,
      },
      { cause: error },
    );
  }
}

/** Whether a ConfigMap says that commits are held. */
export function hasHolds(parent: object): boolean {
  return textAt(parent, 'data', heldKey) !== undefined;
}

function newestHolds(held: readonly HeldCommit[]): HeldCommit[] {
  const newest = [...held].sort((left, right) => right.at - left.at);
  const once = new Map(newest.toReversed().map((hold) => [hold.commit, hold]));
  return newest.filter((hold) => once.get(hold.commit) === hold).slice(0, mostHeld);
}

function recordOf(record: unknown): TargetRecord {
  return {
    plan: required(record, 'plan') as Digest,
    commit: required(record, 'commit'),
    snapshot: required(record, 'snapshot') as Digest,
    rollout: required(record, 'rollout'),
    mesh: {
      type: required(record, 'mesh', 'type'),
      version: required(record, 'mesh', 'version'),
      revision: required(record, 'mesh', 'revision'),
    },
    outcome: outcomeOf(required(record, 'outcome')),
    at: numberAt(record, 'at') ?? 0,
  };
}

function holdsOf(held: unknown): Pick<TargetRecord, 'held'> {
  const holds = objectsAt({ held }, 'held').map((hold) => ({
    commit: required(hold, 'commit'),
    reason: textAt(hold, 'reason') ?? '',
    at: numberAt(hold, 'at') ?? 0,
  }));
  return holds.length === 0 ? {} : { held: holds };
}

function outcomeOf(text: string): TargetRecord['outcome'] {
  if (text === 'kept' || text === 'rolled-back') return text;
  throw new Error(`unknown outcome ${text}`);
}

function required(value: unknown, ...path: string[]): string {
  const text = textAt(value, ...path);
  if (text === undefined) throw new Error(`${path.join('.')} is missing`);
  return text;
}

function shortened(value: unknown): unknown {
  if (typeof value !== 'string' || value.length <= longestText) return value;
  return `${value.slice(0, longestText)}…`;
}
