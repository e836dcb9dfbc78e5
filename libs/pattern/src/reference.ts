import { toJsonSchema, toMarkdown, type Reference } from '@meshwright/document';
import { patternSchema } from './schema.ts';

const reference: Reference = {
  title: 'The pattern format',
  introduction: [
    'A pattern is one YAML document of kind `Pattern`: the desired state of one mesh and its workloads. One file',
    "holds one pattern; every `*.yaml` and `*.yml` file below the repository's `patterns/` folder is one.",
    'Unknown fields are errors. Files are read as YAML 1.2 without tags, merge keys or duplicate keys.',
    '',
    "Globs are relative to the repository's root and have `*`, `**`, `?`, `[abc]` and `{a,b}`. A glob that",
    'matches nothing is an error. Wildcards match no name that begins with a dot, and do not go through symbolic',
    'links to folders. What a glob names are Kubernetes objects in YAML or JSON; Secrets are refused.',
    '',
    '`spec.performance` names a [performance profile](performance-profile.md) and what a change may cost. Every change is then',
    'measured by it, and kept, held or taken back on what comes out ([how](../measuring.md#the-gate)).',
  ].join('\n'),
  schemaFile: 'pattern.schema.json',
  example: `
# yaml-language-server: $schema=../docs/reference/pattern.schema.json
apiVersion: meshwright.dev/v1alpha1
kind: Pattern
metadata:
  name: checkout-mesh
spec:
  targets:
    - cluster: staging
    - cluster: production
      wave: 2
  mesh:
    type: istio
    version: 1.31.0
    mode: sidecar
    upgrade: canary
    values:
      istiod:
        pilot: { autoscaleMin: 2 }
  workloads:
    - namespace: checkout
      manifests: [apps/checkout/*.yaml]
  security:
    mtls: strict
  traffic: [routes/*.yaml]
  resources: [istio/*.yaml]
  performance:
    profile: performance/checkout.yaml
    gate: { p99: 10%, errorRate: 0.5pp }
    onRegression: rollback
  change:
    onFailure: rollback
    deleteBudget: 20
  serviceAccount:
    namespace: mesh-system
    name: meshwright
  approval:
    required: true
    approvers: [group:mesh-owners]
    quorum: 2
    requiredGroups: [security]
    betweenWaves: true
    expiresAfter: 24h
    escalation: { after: 4h, to: [group:leads] }
`,
  schema: patternSchema,
};

/** The JSON Schema of a pattern file, for editors. */
export function patternJsonSchema(): Record<string, unknown> {
  return toJsonSchema(reference);
}

/** What `docs/reference` holds of the pattern format: file name -> content. */
export function patternReference(): Record<string, string> {
  return {
    'pattern.schema.json': `${JSON.stringify(patternJsonSchema(), null, 2)}\n`,
    'pattern.md': toMarkdown(reference),
  };
}
