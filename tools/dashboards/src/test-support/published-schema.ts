import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv, type AnySchema, type ErrorObject, type ValidateFunction } from 'ajv';
import { createGenerator } from 'ts-json-schema-generator';

/** Grafana's published types of a dashboard and of the panels that ours have (npm: @grafana/schema). */
const published = {
  dashboard: { file: 'dashboard/x', type: 'Dashboard' },
  panel: { file: 'dashboard/x', type: 'Panel' },
  row: { file: 'dashboard/x', type: 'RowPanel' },
  timeseriesOptions: { file: 'composable/timeseries/panelcfg/x', type: 'Options' },
  timeseriesField: { file: 'composable/timeseries/panelcfg/x', type: 'FieldConfig' },
  statOptions: { file: 'composable/stat/panelcfg/x', type: 'Options' },
} as const;
type Part = keyof typeof published;

/**
 * Holds a value against Grafana's type of that part, as JSON Schema: fields it does not have are errors. Gives what is
 * wrong, one line each.
 */
export function problemsOf(part: Part, value: unknown): string[] {
  const validate = (validators[part] ??= validatorOf(part));
  return validate(value) ? [] : (validate.errors ?? []).map(lineOf);
}

/** The published types refer to one another as packages do. */
const tsconfig = fileURLToPath(import.meta.resolve('../../tsconfig.json'));

const validators: Partial<Record<Part, ValidateFunction>> = {};

function validatorOf(part: Part): ValidateFunction {
  const { file, type } = published[part];
  const root = dirname(fileURLToPath(import.meta.resolve('@grafana/schema/package.json')));
  const schema = createGenerator({
    tsconfig,
    path: join(root, 'dist/types/raw', file, 'types.gen.d.ts'),
    type,
    skipTypeCheck: true,
    additionalProperties: false,
  }).createSchema(type);
  return new Ajv({ allErrors: true, strict: false }).compile(schema as AnySchema);
}

function lineOf({ instancePath, message = '', params }: ErrorObject): string {
  return `${instancePath} ${message} ${JSON.stringify(params)}`;
}
