/** A content that differs from a right one in one place. */
export interface Mutation {
  /** The place. */
  path: string;
  payload: unknown;
}

/** What stands in the place of a field: nothing of what it should be. */
const replacements: readonly unknown[] = [
  null,
  7,
  true,
  '',
  [],
  {},
  'x'.repeat(10_000),
  '\u0000\u202e<!channel>',
  '__proto__',
];

/** A right content with each field left out once, and once each replaced by something of another kind. */
export function* mutations(payload: unknown, path = ''): Generator<Mutation> {
  if (typeof payload !== 'object' || payload === null) return;
  for (const [key, value] of Object.entries(payload)) {
    const here = `${path}.${key}`;
    yield { path: here, payload: changed(payload, key) };
    for (const replacement of replacements) yield { path: here, payload: changed(payload, key, replacement) };
    for (const { path: deeper, payload: inner } of mutations(value, here)) {
      yield { path: deeper, payload: changed(payload, key, inner) };
    }
  }
  if (!Array.isArray(payload)) {
    yield {
      path: `${path}.__proto__`,
      payload: JSON.parse(`{"__proto__":{"polluted":true},${JSON.stringify(payload).slice(1)}`) as unknown,
    };
  }
}

function changed(payload: object, key: string, ...value: readonly unknown[]): unknown {
  if (Array.isArray(payload)) {
    const copy: unknown[] = [...(payload as unknown[])];
    copy.splice(Number(key), 1, ...value);
    return copy;
  }
  const copy: Record<string, unknown> = { ...payload };
  // eslint-disable-next-line @typescript-eslint/no-dynamic-delete
  delete copy[key];
  if (value.length > 0) copy[key] = value[0];
  return copy;
}
