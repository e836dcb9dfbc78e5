import { usualLooks } from '@meshwright/model';

/** The chance of a false alarm that one comparison may have, on the side of getting worse. */
export const falseAlarm = 0.05;

/** The part of it that each look of a comparison has, where it is looked at several times (Bonferroni). */
export function falseAlarmPerLook(looks: readonly number[] = usualLooks): number {
  return falseAlarm / Math.max(1, looks.length);
}
