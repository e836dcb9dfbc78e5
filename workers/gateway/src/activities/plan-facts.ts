import type { EvidenceStore } from '@meshwright/evidence';
import {
  type Digest,
  formatReference,
  leftoversOf,
  messageOf,
  ownChanges,
  type Plan,
} from '@meshwright/model';
import type { Logger } from '@meshwright/telemetry';
import { type PlanLimits, stageDiff } from '@meshwright/wording';
import type { PlanFacts } from '../notices/facts.ts';

/** Enough for what a notice shows; the others are counted. */
const limits: PlanLimits = { objects: 200, fields: 20, full: false };
const mostKept = 200;

/** Reads plans for notices; a plan never changes, so that each is read once. */
export interface PlanReader {
  read(digests: readonly Digest[]): Promise<ReadonlyMap<Digest, PlanFacts>>;
}

export function createPlanReader(evidence: EvidenceStore, logger: Logger): PlanReader {
  const known = new Map<Digest, PlanFacts>();

  async function factsOf(digest: Digest): Promise<PlanFacts | undefined> {
    const kept = known.get(digest);
    if (kept !== undefined) return kept;
    try {
      const facts = planFacts(await evidence.getJson<Plan>(digest));
      known.set(digest, facts);
      if (known.size > mostKept) for (const [oldest] of [...known].slice(0, 1)) known.delete(oldest);
      return facts;
    } catch (error) {
      // People are told of it all the same, by its summary.
      logger.warn({ plan: digest, reason: messageOf(error) }, 'the plan cannot be shown in full');
      return undefined;
    }
  }

  return {
    async read(digests) {
      const found = await Promise.all(
        digests.map(async (digest) => [digest, await factsOf(digest)] as const),
      );
      return new Map(found.flatMap(([digest, facts]) => (facts === undefined ? [] : [[digest, facts]])));
    },
  };
}

/** What a plan changes and deletes, as lines; redacted as the plan itself is. */
export function planFacts({ stages }: Pick<Plan, 'stages'>): PlanFacts {
  return {
    lines: stages.flatMap((stage) => stageDiff(stage, limits)),
    deletes: stages.flatMap((stage) => [
      ...ownChanges(stage)
        .filter(({ change }) => change === 'delete')
        .map(({ object }) => formatReference(object)),
      ...leftoversOf(stage).map(formatReference),
    ]),
  };
}
