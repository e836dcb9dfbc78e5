/** The numbers of blocks at which a comparison is judged: more are added where the one before was inconclusive. */
export const looks = [7, 10, 13, 16] as const;

/** The chance of a false alarm that one comparison of a single look may have, on the side of getting worse. */
export const falseAlarm = 0.05;

/** The same for each look of a comparison that may be looked at several times (Bonferroni). */
export const falseAlarmPerLook = falseAlarm / looks.length;

/** The next look after so many blocks; undefined after the last. */
export function nextLook(blocks: number): number | undefined {
  return looks.find((look) => look > blocks);
}
