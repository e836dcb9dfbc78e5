import { toJsonSchema, toMarkdown, type Reference } from '@meshwright/document';
import { environmentOverrides } from './environment.ts';
import { configSchema } from './schema.ts';

const overrides = Object.entries(environmentOverrides).map(
  ([variable, field]) => `\`${variable}\` (\`${field}\`)`,
);

const reference: Reference = {
  title: 'The configuration file',
  introduction: [
    '`meshwright.yaml` is the one configuration file of the engine. Unknown fields are errors. Relative paths are',
    'relative to the file. Durations are written like `30s`, `15m` or `1h30m`.',
    '',
    'Secrets are never written here. A *secret reference* says where one is: `{ env: NAME }` in an environment',
    'variable, `{ file: path }` in a file, `{ kubernetesSecret: { target, namespace, name, key } }` in a Secret of a',
    'target, or of the cluster around the engine without `target`. It is read at the moment of use, so that a secret',
    'that was renewed is taken up; keys of `temporal.encryption` are read at the start. A *file reference* is',
    '`{ file: path }`.',
    '',
    `Environment variables that stand before the file: ${overrides.join(', ')}.`,
  ].join('\n'),
  schemaFile: 'config.schema.json',
  example: `
temporal:
  address: 127.0.0.1:7233
  namespace: default
  ui: http://127.0.0.1:8233
  encryption:
    activeKey: 2026-07
    keys:
      - id: 2026-07
        key: { kubernetesSecret: { target: here, namespace: meshwright, name: encryption, key: 2026-07 } }
      - id: 2026-01
        key: { file: /run/secrets/encryption-2026-01 }
repositories:
  - name: platform
    url: https://git.example.com/platform/mesh.git
    branch: main
    directory: patterns
    interval: 15s
    credentials:
      password: { env: GIT_TOKEN }
    signatures:
      required: true
      allowedSigners: { file: allowed-signers }
    forge: github
    chats: [mesh-team]
    approvals: approvals.yaml
forges:
  - name: github
    type: github
    app:
      app: "1234567"
      privateKey: { file: /run/secrets/github-app.pem }
    webhookSecret: { file: /run/secrets/webhook }
chats:
  - name: mesh-team
    type: slack
    channel: C0123456789
    token: { env: SLACK_BOT_TOKEN }
    secret: { env: SLACK_SIGNING_SECRET }
    appToken: { env: SLACK_APP_TOKEN }
targets:
  - name: staging
    kubeconfig: kubeconfig
    context: staging
  - name: here
    inCluster: true
meshes:
  istio:
    charts:
      oci: oci://registry.example.com/istio
      digests:
        istiod-1.31.1: sha256:0d1b7a4f5c0c2f8f9d1d3c0a5b6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f80
charts:
  helm: helm
  cache: .meshwright/charts
evidence:
  directory: .meshwright/evidence
results:
  postgres:
    url: { env: RESULTS_URL }
    tls: { ca: database-ca.pem }
gateway:
  listen: 127.0.0.1:8787
  url: https://meshwright.example.com
  tokens:
    - name: release-job
      token: { env: RELEASE_JOB_TOKEN }
  oidc:
    issuer: https://login.example.com
    audience: meshwright
metrics:
  listen: 127.0.0.1:9464
  temporal: 127.0.0.1:9465
log:
  level: info
`,
  schema: configSchema('/'),
};

/** The JSON Schema of `meshwright.yaml`, for editors. */
export function configJsonSchema(): Record<string, unknown> {
  return toJsonSchema(reference);
}

/** What `docs/reference` holds of the configuration: file name -> content. */
export function configReference(): Record<string, string> {
  return {
    'config.schema.json': `${JSON.stringify(configJsonSchema(), null, 2)}\n`,
    'config.md': toMarkdown(reference),
  };
}
