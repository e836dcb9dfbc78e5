import { toJsonSchema, toMarkdown, type Reference } from '@meshwright/document';
import { profileSchema } from './schema.ts';

const reference: Reference = {
  title: 'The performance profile format',
  introduction: [
    'A performance profile is one YAML document of kind `PerformanceProfile`: which load a workload is measured with, how both',
    'arms are compared, and what counts as worse. [How Meshwright measures and judges](../measuring.md) explains the method.',
    'One file holds one profile. It lies beside the patterns, not below their folder; `meshwright validate` checks every YAML',
    'file below `performance/`, and the profiles that patterns name wherever they lie. Unknown fields are errors.',
    '',
    'Durations are written like `30s`, `15m` or `1h30m`, a *share* like `10%`, a *time* like `0.5ms`, `250us` or `1s`, and',
    '*percentage points* like `0.5pp`. A metric has regressed when both of its limits are reached; `{}` leaves both as usual.',
    '',
    'A pattern names its profile in `spec.performance`. **This release checks that, and does not act on it yet:** nothing is',
    'measured for a change, and a warning says so. `probes`, `cpu` and `errorRate` are for that gate: they are checked, and nothing',
    'else uses them yet.',
  ].join('\n'),
  schemaFile: 'performance-profile.schema.json',
  example: `
# yaml-language-server: $schema=../docs/reference/performance-profile.schema.json
apiVersion: meshwright.dev/v1alpha1
kind: PerformanceProfile
metadata:
  name: checkout
spec:
  generator: builtin
  endpoints:
    - name: cart
      protocol: http1
      address: http://server.checkout:8080/cart
      method: GET
      headers: { accept: application/json }
  load:
    rate: 200
    connections: 8
    arrivals: poisson
    warmUp: 5s
    duration: 20s
    timeout: 5s
  contrast: D3
  probes:
    use:
      client: { namespace: checkout, name: client }
      server: { namespace: checkout, name: server }
      control: { namespace: probes, name: server }
  blocks:
    looks: [7, 10, 13, 16]
  limits:
    p50: { relative: 5% }
    p99: { relative: 10%, absolute: 0.5ms }
    cpu: {}
    errorRate: { absolute: 0.5pp }
`,
  schema: profileSchema,
};

/** The JSON Schema of a performance profile, for editors. */
export function profileJsonSchema(): Record<string, unknown> {
  return toJsonSchema(reference);
}

/** What `docs/reference` holds of performance profiles: file name -> content. */
export function profileReference(): Record<string, string> {
  return {
    'performance-profile.schema.json': `${JSON.stringify(profileJsonSchema(), null, 2)}\n`,
    'performance-profile.md': toMarkdown(reference),
  };
}
