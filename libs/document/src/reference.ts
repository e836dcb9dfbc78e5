import { z } from 'zod';

/** A file format's reference: the schema for editors, and the page for people. Both come from one zod schema. */
export interface Reference {
  title: string;
  /** What stands above the table, in Markdown. */
  introduction: string;
  /** The name of the schema's file, beside the page. */
  schemaFile: string;
  /** A complete file, in YAML. */
  example: string;
  schema: z.ZodType;
}

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** The JSON Schema (draft-07, which editors read best) of what people write. */
export function toJsonSchema({ schema, title }: Pick<Reference, 'schema' | 'title'>): JsonSchema {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input', target: 'draft-7', reused: 'inline' });
  return { ...($schema === undefined ? {} : { $schema }), title, ...rest };
}

/** The page: introduction, example, and a row for every field with its type, default and meaning. */
export function toMarkdown(reference: Reference): string {
  const { title, introduction, schemaFile, example } = reference;
  const rows = fieldRows(toJsonSchema(reference), '');
  return [
    `# ${title}`,
    introduction,
    `Editors that speak JSON Schema complete and check it with [${schemaFile}](${schemaFile}).`,
    '## Example',
    `\`\`\`yaml\n${example.trim()}\n\`\`\``,
    '## Fields',
    ['| field | type | default | meaning |', '|---|---|---|---|', ...rows].join('\n'),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

function fieldRows(schema: JsonSchema, path: string): string[] {
  const required = new Set(schema.required);
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, value]) => {
    if (typeof value === 'boolean') return [];
    const place = path === '' ? name : `${path}.${name}`;
    return [row(place, value, required.has(name)), ...rowsBelow(value, place)];
  });
  return [...own, ...(schema.anyOf ?? []).flatMap((option) => fieldRows(option, path))];
}

/** What has a title is explained by the page's introduction, and not again at each place. */
function rowsBelow(schema: JsonSchema, place: string): string[] {
  if (schema.title !== undefined) return [];
  const { items, additionalProperties } = schema;
  if (isSchema(items)) return fieldRows(items, `${place}[]`);
  const below = fieldRows(schema, place);
  return isSchema(additionalProperties)
    ? [...below, ...fieldRows(additionalProperties, `${place}.*`)]
    : below;
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function row(place: string, schema: JsonSchema, required: boolean): string {
  const fallback = required ? 'required' : schema.default === undefined ? '' : code(schema.default);
  const meaning = `${schema.description ?? ''}${bounds(schema)}`;
  return `| ${[`\`${place}\``, typeOf(schema), fallback, meaning].map(cell).join(' | ')} |`;
}

function typeOf(schema: JsonSchema): string {
  const { const: only, enum: choices, type, items, additionalProperties, anyOf } = schema;
  if (only !== undefined) return code(only);
  if (choices !== undefined) return choices.map(code).join(', ');
  if (schema.title !== undefined) return schema.title;
  if (anyOf !== undefined) return [...new Set(anyOf.map(typeOf))].join(' or ');
  if (type === 'array') return isSchema(items) ? `list of ${plural(typeOf(items))}` : 'list';
  if (type === 'object') {
    return isSchema(additionalProperties) && schema.properties === undefined ? 'object by name' : 'object';
  }
  const names: Record<string, string> = { string: 'text', integer: 'whole number', boolean: 'true or false' };
  return typeof type === 'string' ? (names[type] ?? type) : 'anything';
}

function plural(type: string): string {
  return type === 'object' ? 'objects' : type;
}

/** The bounds a person may meet; the ones of text lengths are left to the schema. */
function bounds(schema: JsonSchema): string {
  const { minimum, maximum, minItems } = schema;
  const parts: string[] = [];
  if (minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER) parts.push(`at least ${minimum}`);
  if (maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER) parts.push(`at most ${maximum}`);
  if (minItems !== undefined) parts.push(`at least ${minItems} ${minItems === 1 ? 'entry' : 'entries'}`);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

function code(value: unknown): string {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
