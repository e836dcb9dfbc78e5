import { toJsonSchema, toMarkdown, type Reference } from '@meshwright/document';
import { policySchema } from './schema.ts';

const reference: Reference = {
  title: 'The approval policy format',
  introduction: [
    'The approval policy is one YAML document of kind `ApprovalPolicy`, at the root of a patterns repository:',
    '`approvals.yaml`, unless `repositories[].approvals` of the configuration names another file. It says who is who, who',
    'approves, and when changes may begin. [How approvals work](../guides/approvals.md) explains it.',
    '',
    'A change of the file counts from when the rules *before* it have approved of it. Unknown fields are errors, one account or',
    'e-mail address belongs to one person, and a file that its own rules would let nobody change any more is refused.',
    '',
    'An account is named by the lasting id that its service gives it, as text or as a number: `U024BE7LH` of Slack, `1234` of',
    'GitHub, GitLab or Gitea; not a display name, which anybody can take. Services are the forges and chats of the configuration;',
    'beside them `api` (the names of `gateway.tokens`), `oidc` (the claim of `gateway.oidc`) and `local`: whoever reaches Temporal',
    'itself with the command line. Who that is has been stated, not verified.',
  ].join('\n'),
  schemaFile: 'approvals.schema.json',
  example: `
# yaml-language-server: $schema=../docs/reference/approvals.schema.json
apiVersion: meshwright.dev/v1alpha1
kind: ApprovalPolicy
people:
  - name: ada
    emails: [ada@example.com]
    accounts: { slack: U024BE7LH, gitea: 4 }
  - name: grace
    emails: [grace@example.com, grace@home.example]
    accounts: { slack: U9Q2ZK1, gitea: [7, 19], local: grace }
  - name: linus
    emails: [linus@example.com]
    accounts: { gitea: 11 }
groups:
  mesh-owners: [ada, grace, linus]
  security: [grace, linus]
  platform: { team: 'gitea:platform/owners' }
changes:
  approvers: [group:mesh-owners]
  quorum: 2
  requiredGroups: [security]
breakGlass: [user:grace]
windows:
  - name: office hours
    timeZone: Europe/Berlin
    days: [mon, tue, wed, thu]
    from: '09:00'
    to: '16:00'
    clusters: [production]
  - name: nightly settlement
    kind: deny
    timeZone: UTC
    from: '23:30'
    to: '01:00'
    patterns: [checkout-mesh]
freezes:
  - name: end of year
    timeZone: Europe/Berlin
    from: 2026-12-19
    to: 2027-01-03
`,
  schema: policySchema,
};

/** The JSON Schema of a policy file, for editors. */
export function policyJsonSchema(): Record<string, unknown> {
  return toJsonSchema(reference);
}

/** What `docs/reference` holds of the policy format: file name -> content. */
export function policyReference(): Record<string, string> {
  return {
    'approvals.schema.json': `${JSON.stringify(policyJsonSchema(), null, 2)}\n`,
    'approvals.md': toMarkdown(reference),
  };
}
