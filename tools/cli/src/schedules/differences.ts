/** The places where two values of JSON are not the same, with both: `input.load.rate: 150, now 300`. */
export function differencesOf(before: unknown, after: unknown, place = ''): string[] {
  if (!isObject(before) || !isObject(after)) {
    const [one, other] = [textOf(before), textOf(after)];
    return one === other ? [] : [`${place}: ${one}, now ${other}`];
  }
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name) =>
    differencesOf(before[name], after[name], place === '' ? name : `${place}.${name}`),
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function textOf(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
