import { type ChangeStatus, isFinal, messageOf, type NoticePicture, Verdict } from '@meshwright/model';
import type { Logger } from '@meshwright/telemetry';
import type { Telling } from './tell.ts';

/** From the verdict that people have to see to the one that they expect. */
const byWeight: readonly Verdict[] = [Verdict.regressed, Verdict.inconclusive, Verdict.passed];

/**
 * The picture of what a rollout's gate has found, of the target where it found the worst: once nothing more will be measured, or
 * a person is asked. Without it everything is told in words; that it cannot be drawn keeps nothing from being told.
 */
export async function pictureOf(
  { status }: Pick<Telling, 'status'>,
  logger: Logger,
): Promise<NoticePicture | undefined> {
  if (status.kind !== 'rollout') return undefined;
  const { phase, pattern, targets } = status.status;
  if (!isFinal(phase) && !targets.some(({ gate }) => gate?.asks === true)) return undefined;
  const target = worst(targets);
  const { gate } = target ?? {};
  if (target === undefined || gate === undefined) return undefined;
  const title = `${pattern} on ${target.cluster}`;
  try {
    // Loaded only here: most rollouts have no picture, and what draws one is large.
    const { verdictPicture } = await import('@meshwright/picture');
    return await verdictPicture({ title, gate, metrics: target.plan?.gate?.metrics ?? [] });
  } catch (error) {
    logger.warn({ reason: messageOf(error) }, 'the picture of a verdict could not be drawn');
    return undefined;
  }
}

function worst(targets: readonly ChangeStatus[]): ChangeStatus | undefined {
  for (const verdict of byWeight) {
    const found = targets.find(({ gate }) => gate?.verdict === verdict);
    if (found !== undefined) return found;
  }
  return undefined;
}
