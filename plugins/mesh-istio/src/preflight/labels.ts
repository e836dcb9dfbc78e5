import { z } from 'zod';

const texts = z.record(z.string(), z.string());

/** A Kubernetes label selector. */
export const LabelSelector = z.object({
  matchLabels: texts.default({}),
  matchExpressions: z
    .array(z.object({ key: z.string(), operator: z.string(), values: z.array(z.string()).default([]) }))
    .default([]),
});
export type LabelSelector = z.infer<typeof LabelSelector>;
export type Labels = Readonly<Record<string, string>>;

/** Whether labels hold every pair; no pairs are held by all labels. */
export function holds(labels: Labels, pairs: Labels): boolean {
  return Object.entries(pairs).every(([key, value]) => labels[key] === value);
}

/** Whether a selector selects labels; an operator that Kubernetes does not have selects nothing. */
export function selects({ matchLabels, matchExpressions }: LabelSelector, labels: Labels): boolean {
  if (!holds(labels, matchLabels)) return false;
  return matchExpressions.every(({ key, operator, values }) => {
    const value = labels[key];
    switch (operator) {
      case 'In':
        return value !== undefined && values.includes(value);
      case 'NotIn':
        return value === undefined || !values.includes(value);
      case 'Exists':
        return value !== undefined;
      case 'DoesNotExist':
        return value === undefined;
      default:
        return false;
    }
  });
}

/** Labels as people write a selector: `app=web,tier=front`. */
export function formatLabels(labels: Labels): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}
