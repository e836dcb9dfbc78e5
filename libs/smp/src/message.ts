import { z } from 'zod';

/**
 * One field of a message as the JSON mapping of protobuf has it (protobuf.dev/programming-guides/json): how it is read, what
 * stands for its absence, and how it is written.
 */
export interface Field<T> {
  schema: z.ZodType<T>;
  empty: T;
  write(value: T): unknown;
}

/** The fields of a message by their names in lower camel case, in the order in which they are written. */
export type FieldsOf<T> = { readonly [Name in keyof T]: Field<T[Name]> };

/**
 * Reads a message. A field goes by its name in the proto file (`endpoint_urls`) or in lower camel case (`endpointUrls`); null
 * is the same as nothing. Unknown fields are refused.
 */
export function schemaOf<T extends object>(fields: FieldsOf<T>): z.ZodType<T> {
  const known = Object.entries<Field<unknown>>(fields);
  const shape: Record<string, z.ZodType> = {};
  for (const [name, { schema }] of known) {
    shape[protoName(name)] = schema.nullish();
    shape[name] = schema.nullish();
  }
  return z.strictObject(shape).transform((given, context) => {
    const message: Record<string, unknown> = {};
    for (const [name, { empty }] of known) {
      const proto = protoName(name);
      const [one, other] = [given[proto] ?? undefined, given[name] ?? undefined];
      if (proto !== name && one !== undefined && other !== undefined) {
        context.addIssue({
          code: 'custom',
          path: [name],
          message: `is the same field as ${proto}, which is there too`,
          params: { code: 'duplicate-field', suggestion: 'Keep one of the two.' },
        });
      }
      message[name] = one ?? other ?? empty;
    }
    return message as T;
  });
}

/** A message as plain data, with the names of the proto file; fields that are empty are left out, as proto3 does. */
export function writeMessage<T extends object>(fields: FieldsOf<T>, message: T): Record<string, unknown> {
  const written: Record<string, unknown> = {};
  for (const [name, field] of Object.entries<Field<unknown>>(fields)) {
    const value = message[name as keyof T];
    if (!isEmpty(value, field.empty)) written[protoName(name)] = field.write(value);
  }
  return written;
}

function isEmpty(value: unknown, empty: unknown): boolean {
  if (typeof value !== 'object' || value === null) return value === empty;
  return typeof empty === 'object' && empty !== null && Object.keys(value).length === 0;
}

/** `endpointUrls` -> `endpoint_urls`. */
function protoName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function same<T>(value: T): T {
  return value;
}

/** A text; empty when absent. */
export function text(): Field<string> {
  return { schema: z.string(), empty: '', write: same };
}

/** True or false; false when absent. */
export function flag(): Field<boolean> {
  return { schema: z.boolean(), empty: false, write: same };
}

/** A whole number; also as text, as the JSON mapping writes 64 bits. */
export function whole(bits: 32 | 64): Field<number> {
  const most = bits === 32 ? 2 ** 31 - 1 : Number.MAX_SAFE_INTEGER;
  const least = bits === 32 ? -(2 ** 31) : Number.MIN_SAFE_INTEGER;
  const schema = z
    .union([z.number(), z.string().regex(/^-?\d{1,19}$/, 'must be a whole number')])
    .transform((given, context) => {
      const value = Number(given) + 0;
      if (Number.isInteger(value) && value >= least && value <= most) return value;
      context.addIssue({
        code: 'custom',
        message: `must be a whole number from ${least} to ${most}`,
        params: { code: 'out-of-bounds' },
      });
      return z.NEVER;
    });
  return { schema, empty: 0, write: same };
}

/** A number; 0 when absent. */
export function double(): Field<number> {
  return { schema: z.number(), empty: 0, write: same };
}

/** Texts by name. */
export function textMap(): Field<Readonly<Record<string, string>>> {
  return { schema: z.record(z.string(), z.string()), empty: {}, write: same };
}

/** A list of texts. */
export function texts(): Field<readonly string[]> {
  return { schema: z.array(z.string()), empty: [], write: same };
}

/** A list of messages. */
export function list<T extends object>(fields: FieldsOf<T>): Field<readonly T[]> {
  return {
    schema: z.array(schemaOf(fields)),
    empty: [],
    write: (messages) => messages.map((message) => writeMessage(fields, message)),
  };
}

/** A message; undefined when absent. */
export function nested<T extends object>(fields: FieldsOf<T>): Field<T | undefined> {
  return {
    schema: schemaOf(fields),
    empty: undefined,
    write: (message) => (message === undefined ? undefined : writeMessage(fields, message)),
  };
}

const momentForm = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;

/** A moment as RFC 3339 writes it, kept as it is; undefined when absent. */
export function moment(): Field<string | undefined> {
  const schema = z
    .string()
    .refine(
      (given) => momentForm.test(given) && !Number.isNaN(Date.parse(given)),
      'must be a moment such as 2026-01-31T08:30:00Z',
    );
  return { schema, empty: undefined, write: same };
}

/**
 * One of the names of an enum; the one of number 0 when absent. Read by name, by the name without its prefix in any letter
 * case, and by number; written by number, which readers of JSON and of plain YAML understand alike.
 */
export function choice<Name extends string>(
  numbers: Readonly<Record<Name, number>>,
  prefix: string,
): Field<Name> {
  const names = Object.keys(numbers) as Name[];
  const shown = names.map((name) => name.replace(prefix, ''));
  const schema = z.union([z.string(), z.number()]).transform((given, context) => {
    const wanted = String(given).toUpperCase();
    const found = names.find((name) =>
      typeof given === 'number' ? numbers[name] === given : name === wanted || name === prefix + wanted,
    );
    if (found !== undefined) return found;
    context.addIssue({
      code: 'custom',
      message: `must be one of ${shown.join(', ')}, or its number; found ${JSON.stringify(given)}`,
      params: { code: 'unknown-value' },
    });
    return z.NEVER;
  });
  const empty = names.find((name) => numbers[name] === 0) ?? names[0];
  if (empty === undefined) throw new Error('An enum has at least one name.');
  return { schema, empty, write: (name) => numbers[name] };
}
