import { usualLooks } from '@meshwright/model';

/** The numbers of blocks at which a comparison is judged, unless it says others. */
export const looks = usualLooks;

/** The chance of a false alarm that one comparison of a single look may have, on the side of getting worse. */
export const falseAlarm = 0.05;

/** The same for each look of a comparison that may be looked at several times (Bonferroni). */
export const falseAlarmPerLook = falseAlarm / looks.length;

/** The next look after so many blocks; undefined after the last. */
export function nextLook(blocks: number): number | undefined {
  return looks.find((look) => look > blocks);
}
