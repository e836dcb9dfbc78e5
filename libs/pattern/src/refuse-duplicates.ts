import type { z } from 'zod';

type RefineContext<T> = z.core.$RefinementCtx<T[]>;

/** Refuses a second entry of one identity, at its place. */
export function refuseDuplicates<T>(
  identityOf: (entry: T) => string,
  message: string,
  below: string[] = [],
): (entries: T[], context: RefineContext<T>) => void {
  return (entries, context) => {
    const seen = new Set<string>();
    for (const [index, entry] of entries.entries()) {
      const identity = identityOf(entry);
      if (seen.has(identity)) {
        context.addIssue({
          code: 'custom',
          path: [index, ...below],
          message: `(${identity}) ${message}`,
          params: { code: 'duplicate-entry', suggestion: 'Keep one of the two.' },
        });
      }
      seen.add(identity);
    }
  };
}
