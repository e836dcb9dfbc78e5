import type { z } from 'zod';
import type { DocumentPath } from './locate.ts';

/** The names of the fields that a schema knows at a path; empty where any name goes, or no object is. */
export function knownFields(schema: z.core.$ZodType, path: DocumentPath): string[] {
  let reached = alternatives(schema);
  for (const segment of path) reached = reached.flatMap((part) => stepInto(part, segment));
  const names = reached.flatMap(({ _zod: { def } }) => (def.type === 'object' ? Object.keys(def.shape) : []));
  return [...new Set(names)];
}

/** The schemas a value may meet, without the wrappers that only default or transform it. */
function alternatives(schema: z.core.$ZodType): z.core.$ZodTypes[] {
  const known = schema as z.core.$ZodTypes;
  const { def } = known._zod;
  switch (def.type) {
    case 'optional':
    case 'default':
    case 'prefault':
    case 'nullable':
    case 'nonoptional':
    case 'readonly':
    case 'catch':
      return alternatives(def.innerType);
    case 'pipe':
      return alternatives(def.in);
    case 'lazy':
      return alternatives(def.getter());
    case 'union':
      return def.options.flatMap(alternatives);
    case 'intersection':
      return [def.left, def.right].flatMap(alternatives);
    default:
      return [known];
  }
}

function stepInto(schema: z.core.$ZodTypes, segment: string | number): z.core.$ZodTypes[] {
  const { def } = schema._zod;
  if (def.type === 'array') return alternatives(def.element);
  if (def.type === 'record') return alternatives(def.valueType);
  if (def.type !== 'object' || !Object.hasOwn(def.shape, segment)) return [];
  const field = def.shape[segment];
  return field === undefined ? [] : alternatives(field);
}
