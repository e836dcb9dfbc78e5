/** Values of a chart. */
export type ChartValues = Record<string, unknown>;

/** Values with others over them, as Helm puts them together: maps by key, all else as a whole. */
export function mergedValues(values: ChartValues, over: ChartValues): ChartValues {
  const result = { ...values };
  for (const [key, value] of Object.entries(over)) {
    const known = result[key];
    result[key] = isMap(known) && isMap(value) ? mergedValues(known, value) : value;
  }
  return result;
}

/** The value at a dotted path; undefined where there is none. */
export function valueAt(values: unknown, path: string): unknown {
  let value = values;
  for (const key of path.split('.')) {
    if (!isMap(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

function isMap(value: unknown): value is ChartValues {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
