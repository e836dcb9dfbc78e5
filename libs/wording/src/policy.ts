import {
  type ApprovalPolicy,
  type ChangeWindow,
  formatDuration,
  type Group,
  type Person,
} from '@meshwright/model';

/**
 * What a change of the policy file changes, one line each, for those who approve of it; without a policy before it, all it
 * says. Names are as they came: whoever renders them escapes them.
 */
export function describePolicyChange(
  before: ApprovalPolicy | undefined,
  after: ApprovalPolicy | undefined,
): string[] {
  if (after === undefined) return ['nobody is known any more: only whoever reaches Temporal itself decides'];
  return [
    ...compare('person', byName(before?.people ?? [], describePerson), byName(after.people, describePerson)),
    ...compare('group', groupsOf(before), groupsOf(after)),
    ...compare('rule', rulesOf(before), rulesOf(after)),
    ...compare(
      'window',
      byName(before?.windows ?? [], describeWindow),
      byName(after.windows, describeWindow),
    ),
  ];
}

type Described = ReadonlyMap<string, string>;

function compare(kind: string, before: Described, after: Described): string[] {
  const lines: string[] = [];
  for (const [name, text] of after) {
    const was = before.get(name);
    if (was === undefined) lines.push(`+ ${kind} ${name}: ${text}`);
    else if (was !== text) lines.push(`~ ${kind} ${name}: ${text} (was: ${was})`);
  }
  for (const [name, text] of before) {
    if (!after.has(name)) lines.push(`- ${kind} ${name}: ${text}`);
  }
  return lines;
}

function byName<T extends { name: string }>(
  entries: readonly T[],
  describe: (entry: T) => string,
): Described {
  return new Map(entries.map((entry) => [entry.name, describe(entry)]));
}

function describePerson({ emails, accounts }: Person): string {
  const parts = [...emails, ...accounts.map(({ service, id }) => `${service} ${id}`)];
  return parts.length === 0 ? 'no account' : parts.join(', ');
}

function groupsOf(policy: ApprovalPolicy | undefined): Described {
  return new Map(Object.entries(policy?.groups ?? {}).map(([name, group]) => [name, describeGroup(group)]));
}

function describeGroup({ members, team }: Group): string {
  return team === undefined ? members.join(', ') : `the team ${team.team} of ${team.service}`;
}

function rulesOf(policy: ApprovalPolicy | undefined): Described {
  if (policy === undefined) return new Map();
  const { approvers, quorum, requiredGroups, expiresAfterSeconds } = policy.changes;
  const groups = requiredGroups.length === 0 ? '' : `, with one of each of ${requiredGroups.join(', ')}`;
  const rules = new Map([
    [
      'changes of this file',
      `${quorum} of ${approvers.join(', ')}${groups}, within ${formatDuration(expiresAfterSeconds * 1_000)}`,
    ],
  ]);
  if (policy.breakGlass.length > 0) rules.set('breaking the glass', policy.breakGlass.join(', '));
  return rules;
}

const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

function describeWindow({ kind, timeZone, when, patterns, clusters }: ChangeWindow): string {
  const time =
    'days' in when
      ? `${when.days.map((day) => days[day - 1]).join(', ')} ${timeOf(when.fromMinute)} to ${timeOf(when.toMinute)}`
      : `${when.from} to ${when.to}`;
  const scope = [
    ...(patterns.length === 0 ? [] : [`of ${patterns.join(', ')}`]),
    ...(clusters.length === 0 ? [] : [`on ${clusters.join(', ')}`]),
  ];
  return [kind, time, timeZone, ...scope].join(' ');
}

function timeOf(minute: number): string {
  return [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':');
}
