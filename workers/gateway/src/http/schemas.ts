import { Decision, Phase } from '@meshwright/model';

/** The schemas of the API: what comes in is checked by them, what goes out is described by them. */

const text = { type: 'string' } as const;
const moment = { type: 'integer', description: 'Milliseconds since 1970.' } as const;
const digest = { type: 'string', pattern: '^sha256:[0-9a-f]{64}$' } as const;
const phase = { type: 'string', enum: Object.values(Phase) } as const;

/** Fields that are named are described; further ones may come with any release. */
function open(properties: Record<string, object>, required: readonly string[]): object {
  return { type: 'object', properties, required, additionalProperties: true };
}

const account = open(
  {
    service: { ...text, description: 'The forge, chat or issuer that knows it.' },
    id: { ...text, description: 'The lasting id there.' },
    name: text,
  },
  ['service', 'id'],
);

const taken = open(
  {
    decision: { type: 'string', enum: Object.values(Decision) },
    person: { ...text, description: 'Of the policy; of a stated identity, what was stated.' },
    account,
    reason: text,
    from: text,
    gate: text,
    subject: digest,
    at: moment,
  },
  ['decision', 'person', 'account', 'from', 'gate', 'subject', 'at'],
);

const approval = open(
  {
    gate: { ...text, description: 'Where in the run: `change`, `wave:2`, `verdict:staging`, `policy`.' },
    title: text,
    run: { ...text, description: 'The run that a decision has to name.' },
    subject: { ...digest, description: 'What is decided on: one digest over the plans.' },
    approvers: { type: 'array', items: text },
    quorum: { type: 'integer' },
    requiredGroups: { type: 'array', items: text },
    openedAt: moment,
    expiresAt: moment,
    settledAt: moment,
    decisions: { type: 'array', items: taken },
  },
  ['gate', 'title', 'run', 'subject', 'approvers', 'quorum', 'decisions'],
);

const status = open(
  {
    rollout: text,
    repository: text,
    pattern: text,
    commit: text,
    phase,
    targets: { type: 'array', items: { type: 'object', additionalProperties: true } },
    approval,
    decisions: { type: 'array', items: taken },
    waitingFor: text,
    failure: { type: 'object', additionalProperties: true },
    startedAt: moment,
    finishedAt: moment,
  },
  ['repository', 'phase', 'startedAt'],
);

const record = open(
  {
    rollout: { ...text, description: 'The workflow id.' },
    runId: text,
    state: text,
    phase,
    repository: text,
    pattern: text,
    clusters: { type: 'array', items: text },
    mesh: text,
    commit: text,
    startedAt: moment,
    finishedAt: moment,
  },
  ['rollout', 'runId', 'state', 'clusters', 'startedAt'],
);

const failure = {
  description: 'Why not. An empty answer with status 401 is for whoever is not believed.',
  ...open({ code: text, message: text, remedy: text, lines: { type: 'array', items: text } }, [
    'code',
    'message',
  ]),
};

const failures = { '4xx': failure, '5xx': failure };
const name = { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9._:@/#-]{0,252}$' } as const;
const id = {
  ...name,
  description: '`<pattern>@<commit>`, a pattern for its newest rollout, or a workflow id of /approvals.',
} as const;

export const listRolloutsSchema = {
  operationId: 'listRollouts',
  summary: 'The rollouts that Temporal keeps, newest first; up to a second behind',
  querystring: {
    type: 'object',
    additionalProperties: false,
    properties: {
      pattern: name,
      cluster: name,
      phase,
      running: { type: 'boolean' },
      limit: { type: 'integer', minimum: 1, maximum: 200, default: 50 },
    },
  },
  response: { 200: open({ rollouts: { type: 'array', items: record } }, ['rollouts']), ...failures },
} as const;

export const readRolloutSchema = {
  operationId: 'readRollout',
  summary: 'Everything that can be found out about one rollout',
  params: { type: 'object', properties: { id }, required: ['id'] },
  response: {
    200: open({ record, status, notes: { type: 'array', items: text } }, ['record', 'notes']),
    ...failures,
  },
} as const;

export const listApprovalsSchema = {
  operationId: 'listApprovals',
  summary: 'What waits for people: rollouts, changes of the policy, pull requests; oldest first',
  querystring: {
    type: 'object',
    additionalProperties: false,
    properties: {
      repository: name,
      limit: { type: 'integer', minimum: 1, maximum: 200, default: 50 },
    },
  },
  response: {
    200: open(
      {
        approvals: {
          type: 'array',
          items: open(
            {
              kind: { type: 'string', enum: ['rollout', 'policy-change', 'pull-request'] },
              workflow: text,
              run: text,
              repository: text,
              about: text,
              commit: text,
              approval,
            },
            ['kind', 'workflow', 'run', 'repository', 'about', 'approval'],
          ),
        },
      },
      ['approvals'],
    ),
    ...failures,
  },
} as const;

export const decideSchema = {
  operationId: 'decide',
  summary:
    'Decides on exactly what was seen; refused with the reason where the policy does not let this account',
  params: { type: 'object', properties: { id }, required: ['id'] },
  headers: {
    type: 'object',
    properties: {
      'idempotency-key': {
        type: 'string',
        pattern: '^[A-Za-z0-9._:-]{1,100}$',
        description: 'With the same key the same decision is taken once.',
      },
    },
  },
  body: {
    type: 'object',
    additionalProperties: false,
    required: ['run', 'gate', 'subject', 'decision'],
    properties: {
      run: { type: 'string', minLength: 1, maxLength: 100 },
      gate: { type: 'string', minLength: 1, maxLength: 300 },
      subject: digest,
      decision: { type: 'string', enum: Object.values(Decision) },
      reason: { type: 'string', minLength: 1, maxLength: 1_000 },
    },
  },
  response: { 200: status, ...failures },
} as const;

export const openApiSchema = {
  operationId: 'describe',
  summary: 'This description',
  response: { 200: { type: 'object', additionalProperties: true } },
} as const;
