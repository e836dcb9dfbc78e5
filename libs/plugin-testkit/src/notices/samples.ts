import { type Digest, type Notice, type NoticeApproval, type NoticeTarget, Phase } from '@meshwright/model';

/** 2026-11-20T09:30:00Z. */
const start = Date.UTC(2026, 10, 20, 9, 30);
const minute = 60_000;

/** When somebody looks at the samples: nothing in them has expired. 2026-11-20T10:30:00Z. */
export const sampleMoment = start + 60 * minute;

const subject = `sha256:${'4f1c9a7e'.repeat(8)}`;
const plan: Digest = `sha256:${'9b02d6e1'.repeat(8)}`;

const base = {
  rollout: 'rollout:checkout-mesh@3f8e1c0a92bd',
  run: '0199f3a2-6c1e-7d40-9a55-1f2b7c9e0d11',
  repository: 'patterns',
  pattern: 'checkout-mesh',
  commit: {
    id: '3f8e1c0a92bd5c1e7a4b6d8f0e2c4a6b8d0f1e3c',
    subject: 'Upgrade Istio to 1.31.0',
    author: 'Ada Lovelace',
    url: 'https://git.example.com/acme/patterns/commit/3f8e1c0a92bd5c1e7a4b6d8f0e2c4a6b8d0f1e3c',
  },
  links: [
    { label: 'Run', url: 'https://temporal.example.com/namespaces/default/workflows/rollout:checkout-mesh' },
    { label: 'Pull request 42', url: 'https://git.example.com/acme/patterns/pulls/42' },
  ],
};

const stages = [
  'Custom resource definitions',
  'Control plane 1.31.0 beside 1.30.2',
  'Verify the control plane',
  'Move the tag `default`',
  'Restart 6 workloads',
  'Retire the control plane 1.30.2',
];

function stagesUntil(current: number, note?: string): NoticeTarget['stages'] {
  return stages.map((title, place) => {
    const state = place < current ? 'done' : place === current ? 'applying' : 'pending';
    return place === current && note !== undefined ? { title, state, note } : { title, state };
  });
}

const target: NoticeTarget = {
  cluster: 'production-eu',
  phase: Phase.awaitingApproval,
  action: 'upgrade istio 1.30.2 to 1.31.0',
  plan,
  counts: { create: 12, update: 31, delete: 3, unchanged: 208 },
  stages: stages.map((title) => ({ title, state: 'pending' })),
  deletes: {
    sample: [
      'Deployment istio-system/istiod-1-30-2',
      'Service istio-system/istiod-1-30-2',
      'ConfigMap istio-system/istio-1-30-2',
    ],
    others: 0,
  },
  blastRadius: { namespaces: ['checkout', 'cart', 'payments'], workloads: 6, pods: 18 },
  warnings: ['The proxies of payments/ledger are two minor versions behind the new control plane.'],
  diff: {
    lines: [
      'Deployment istio-system/istiod: update',
      '  /spec/template/spec/containers/0/image: "istio/pilot:1.30.2" -> "istio/pilot:1.31.0"',
      '  /spec/replicas: 2 -> 3',
      'Secret istio-system/cacerts: update',
      '  /data/root-cert.pem: (redacted) -> (redacted)',
    ],
    others: 214,
  },
};

const approval: NoticeApproval = {
  gate: 'change',
  title: 'before the change',
  subject,
  open: true,
  approvers: ['Grace Hopper', 'Barbara Liskov', 'Radia Perlman'],
  quorum: 2,
  requiredGroups: ['security'],
  expiresAt: start + 24 * 60 * minute,
  decided: ['Grace Hopper approved at 09:41'],
  confirms: ['3 objects are deleted.'],
  escalated: false,
  choices: ['approve', 'reject', 'hold'],
};

const waiting = {
  ...base,
  title: 'checkout-mesh: upgrade istio 1.30.2 to 1.31.0',
  summary: 'Waits for one more approval; one has to be of the group security.',
  phase: Phase.awaitingApproval,
  targets: [target],
  approval,
  progress: [
    { key: 'planned', at: start, text: 'Planned: 12 created, 31 updated, 3 deleted on production-eu.' },
    { key: 'decided:1', at: start + 11 * minute, text: 'Grace Hopper approved.' },
  ],
} satisfies Notice;

const frozen = {
  ...waiting,
  summary: 'Approved, and waits for the end of a freeze.',
  approval: {
    ...approval,
    decided: ['Grace Hopper approved at 09:41', 'Radia Perlman approved at 09:44'],
    closed: 'The freeze "Black Friday" lasts until 2026-12-01 08:00 (Europe/Berlin).',
    escalated: true,
    choices: ['reject', 'hold', 'break-glass'],
  },
} satisfies Notice;

const held = {
  ...waiting,
  summary: 'Held by Barbara Liskov.',
  approval: {
    ...approval,
    held: 'Barbara Liskov: waiting for the load test of Monday',
    choices: ['approve', 'reject', 'release'],
  },
} satisfies Notice;

const running = {
  ...base,
  title: waiting.title,
  summary: 'Restarts workloads on production-eu: 4 of 6 are ready.',
  phase: Phase.changing,
  targets: [
    { ...target, phase: Phase.changing, stages: stagesUntil(4, 'checkout/web: 2 of 3 pods are ready') },
    {
      ...target,
      cluster: 'production-us',
      phase: Phase.queued,
      waitingFor: 'the wave before it',
    },
  ],
  approval: {
    ...approval,
    open: false,
    decided: ['Grace Hopper approved at 09:41', 'Radia Perlman approved at 09:44'],
    choices: [],
  },
  progress: [
    ...waiting.progress,
    { key: 'decided:2', at: start + 14 * minute, text: 'Radia Perlman approved.' },
    {
      key: 'stage:0',
      at: start + 15 * minute,
      text: 'production-eu: Custom resource definitions are applied.',
    },
    {
      key: 'stage:1',
      at: start + 18 * minute,
      text: 'production-eu: the control plane 1.31.0 runs beside 1.30.2.',
    },
  ],
} satisfies Notice;

const kept = {
  ...running,
  summary: 'Kept: the workload is as fast as before.',
  phase: Phase.succeeded,
  targets: [
    {
      ...target,
      phase: Phase.succeeded,
      stages: stages.map((title) => ({ title, state: 'done' })),
      verdict: {
        verdict: 'passed',
        reason: 'p99 is 1.8 % worse at most 6.1 %; the limit is 10 %.',
        lines: ['p50: +0.4 % (-1.1 % to +1.9 %)', 'p99: +1.8 % (-2.4 % to +6.1 %)', 'errors: 0 of 48,000'],
      },
    },
  ],
  progress: [
    ...running.progress,
    { key: 'verdict', at: start + 41 * minute, text: 'production-eu: passed. The change is kept.' },
  ],
} satisfies Notice;

const rolledBack = {
  ...running,
  summary: 'Taken back: p99 is 24 % worse, and the limit is 10 %.',
  phase: Phase.rolledBack,
  targets: [
    {
      ...target,
      phase: Phase.rolledBack,
      stages: stages.map((title) => ({ title, state: 'done' })),
      verdict: {
        verdict: 'regressed',
        reason: 'p99 is 24.3 % worse, at least 17.9 %; the limit is 10 %.',
        lines: ['p50: +3.2 % (+1.0 % to +5.5 %)', 'p99: +24.3 % (+17.9 % to +31.2 %)'],
      },
    },
  ],
  failure: {
    code: 'REGRESSED',
    message: 'The change made checkout/web slower, and was taken back.',
    remedy: 'The branch meshwright/revert-3f8e1c0a92bd reverts the commit.',
    where: 'production-eu',
    stage: 'Restart 6 workloads',
    lines: ['p99 of checkout/web: 41.2 ms before, 51.2 ms after'],
  },
  progress: [
    ...running.progress,
    { key: 'verdict', at: start + 41 * minute, text: 'production-eu: regressed. The change is taken back.' },
    { key: 'back', at: start + 52 * minute, text: 'production-eu: everything is as it was before.' },
  ],
} satisfies Notice;

const invalid = {
  ...base,
  title: 'checkout-mesh: the pattern is invalid',
  summary: 'The pattern has 2 errors; nothing was planned.',
  phase: Phase.invalid,
  targets: [],
  failure: {
    code: 'INVALID_PATTERN',
    message: 'mesh/checkout.yaml has 2 errors.',
    where: 'mesh/checkout.yaml',
    lines: [
      'mesh/checkout.yaml:12:5: unknown field "upgrad"; did you mean "upgrade"?',
      'mesh/checkout.yaml:14:12: "1.31" is not a version: three numbers are needed.',
    ],
  },
  progress: [{ key: 'invalid', at: start, text: 'The pattern is invalid.' }],
} satisfies Notice;

/** Notices as they come in real life, by what they show. */
export const sampleNotices = { waiting, frozen, held, running, kept, rolledBack, invalid } as const;
