import { isJsonObject, objectAt, objectsAt, textAt, valueAt } from './json.ts';

/**
 * Whether a label selector (metav1.LabelSelector) picks these labels. An empty one picks everything, an absent one
 * nothing, as in policy/v1; an operator that is not known picks nothing.
 */
export function selects(selector: unknown, labels: Readonly<Record<string, unknown>>): boolean {
  if (!isJsonObject(selector)) return false;
  const equal = Object.entries(objectAt(selector, 'matchLabels')).every(
    ([label, value]) => Object.hasOwn(labels, label) && labels[label] === value,
  );
  return equal && objectsAt(selector, 'matchExpressions').every((expression) => holds(expression, labels));
}

function holds(expression: object, labels: Readonly<Record<string, unknown>>): boolean {
  const key = textAt(expression, 'key') ?? '';
  const given = valueAt(expression, 'values');
  const values: unknown[] = Array.isArray(given) ? given : [];
  const isThere = Object.hasOwn(labels, key);
  switch (textAt(expression, 'operator')) {
    case 'In':
      return isThere && values.includes(labels[key]);
    case 'NotIn':
      return !isThere || !values.includes(labels[key]);
    case 'Exists':
      return isThere;
    case 'DoesNotExist':
      return !isThere;
    default:
      return false;
  }
}
