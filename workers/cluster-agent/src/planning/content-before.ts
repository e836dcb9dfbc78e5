import type { KubernetesObject } from '@meshwright/model';

/**
 * What puts an object back that the change updates: what was applied of it before, and the live values of the fields
 * that the change would take over. Applying it takes away whatever the change added (server-side apply, KEP-555), also
 * where nothing had been applied before.
 *
 * Lists whose elements all have names are matched by these, as the API server does with most of them; others count whole.
 */
export function contentBefore(parts: {
  live: KubernetesObject;
  desired: KubernetesObject;
  previous?: KubernetesObject | undefined;
}): KubernetesObject {
  const { live, desired, previous } = parts;
  const shared = common(live, desired) as KubernetesObject;
  const merged = merge(previous ?? {}, shared) as KubernetesObject;
  const { name, namespace } = live.metadata;
  return {
    ...merged,
    apiVersion: desired.apiVersion,
    kind: desired.kind,
    metadata: { ...merged.metadata, name, ...(namespace === undefined ? {} : { namespace }) },
  };
}

/** The values of `live` in the shape of `desired`. */
function common(live: unknown, desired: unknown): unknown {
  if (isRecord(live) && isRecord(desired)) {
    const shared = Object.keys(desired).filter((key) => Object.hasOwn(live, key));
    return Object.fromEntries(shared.map((key) => [key, common(live[key], desired[key])]));
  }
  if (!areNamed(live) || !areNamed(desired)) return live;
  const wanted = new Map(desired.map((element) => [element.name, element]));
  return live
    .filter(({ name }) => wanted.has(name))
    .map((element) => common(element, wanted.get(element.name)));
}

/** `over` laid over `base`. */
function merge(base: unknown, over: unknown): unknown {
  if (isRecord(base) && isRecord(over)) {
    const keys = Object.keys(over).map((key) => [
      key,
      Object.hasOwn(base, key) ? merge(base[key], over[key]) : over[key],
    ]);
    return { ...base, ...Object.fromEntries(keys) };
  }
  if (!areNamed(base) || !areNamed(over)) return over;
  const laid = new Map(over.map((element) => [element.name, element]));
  const names = new Set(base.map(({ name }) => name));
  return [
    ...base.map((element) => (laid.has(element.name) ? merge(element, laid.get(element.name)) : element)),
    ...over.filter(({ name }) => !names.has(name)),
  ];
}

interface Named {
  name: string;
  [field: string]: unknown;
}

function areNamed(value: unknown): value is Named[] {
  if (!Array.isArray(value)) return false;
  const names = value.map((element: unknown) => (isRecord(element) ? element.name : undefined));
  return names.every((name) => typeof name === 'string') && new Set(names).size === names.length;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
