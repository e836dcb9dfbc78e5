import { dnsLabel } from '@meshwright/document';
import { policyApiVersion } from '@meshwright/model';
import { z } from 'zod';
import { approverList, approverName, expiry, groupList, quorumNumber } from '../approval.ts';
import { refuseDuplicates } from '../refuse-duplicates.ts';
import { checkPolicy } from './checks.ts';
import { dateOf, isTimeZone, minuteOf } from './clock.ts';
import { toPolicy } from './to-policy.ts';

/** On one line, without what a terminal obeys or hides. */
const plainText = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u;

const email = z
  .string()
  .max(200)
  .regex(/^[^\s@<>\p{Cc}\p{Cf}]+@[^\s@<>\p{Cc}\p{Cf}]+$/u, 'must be an e-mail address');

const accountId = z
  .union([
    z.int().min(0),
    z
      .string()
      .min(1)
      .max(200)
      .regex(/^\S(?:.*\S)?$/u, 'must not begin or end with a blank')
      .regex(plainText, 'must be one line of plain text')
      .refine((id) => !id.startsWith('@'), {
        error: 'must be the lasting id that the service gives the account, not a name that can be changed',
        params: { code: 'not-an-id' },
      }),
  ])
  .transform(String);

const accounts = z
  .record(dnsLabel(), z.union([accountId, z.array(accountId).min(1).max(20)]))
  .refine((given) => Object.keys(given).length <= 50, 'must have at most 50 services');

const person = z.strictObject({
  name: approverName().describe('What `user:<name>` and groups call them; unique, whatever the case.'),
  emails: z
    .array(email)
    .max(20)
    .default([])
    .describe('The addresses in the commits they make, so that nobody approves of what they wrote.'),
  accounts: accounts
    .default({})
    .describe(
      'Their accounts: the name of a service (a forge or chat of the configuration, `api`, `oidc` or `local`) and the lasting id there, or several.',
    ),
});

const team = z
  .string()
  .max(300)
  .regex(/^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?:[^\s:][^\s]*$/, 'must be <service>:<team>');

const group = z.union([
  z
    .array(approverName())
    .min(1)
    .max(1_000)
    .superRefine(refuseDuplicates((name) => name, 'is named twice')),
  z.strictObject({ team: team.describe('The people of this team of a forge: `<service>:<team>`.') }),
]);

const changes = z.strictObject({
  approvers: approverList()
    .min(1)
    .describe('Who may approve of a change of this file: `user:<name>` or `group:<name>`.'),
  quorum: quorumNumber().default(1).describe('How many of them must approve.'),
  requiredGroups: groupList()
    .default([])
    .describe('Groups of which at least one member each must be among those who approve.'),
  expiresAfter: expiry()
    .prefault('7d')
    .describe('After how long an undecided change of this file is dropped; from `1m` to `30d`.'),
});

const timeZone = z
  .string()
  .max(100)
  .refine(isTimeZone, {
    error: 'must be an IANA time zone, such as Europe/Berlin or UTC',
    params: { code: 'unknown-time-zone' },
  });

const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

const timeForm = 'must be a time of day such as "09:00"';

function timeOfDay(latest: '23:59' | '24:00'): z.ZodType<number, string> {
  return z.string({ error: timeForm }).transform((text, context) => {
    const minute = minuteOf(text);
    if (minute !== undefined && minute <= (minuteOf(latest) ?? 0)) return minute;
    context.addIssue({ code: 'custom', message: `${timeForm}, at most ${latest}` });
    return z.NEVER;
  });
}

const dateForm = 'must be a local date such as 2026-12-24, or with a time: 2026-12-24T18:00';

function localDate(place: 'from' | 'to'): z.ZodType<string, string> {
  return z.string({ error: dateForm }).transform((text, context) => {
    const moment = dateOf(text, place);
    if (moment !== undefined) return moment;
    context.addIssue({ code: 'custom', message: dateForm });
    return z.NEVER;
  });
}

const shared = {
  name: z
    .string()
    .min(1)
    .max(100)
    .regex(plainText, 'must be one line of plain text')
    .describe('What people are told when it keeps a change waiting; unique.'),
  timeZone: timeZone.describe('The IANA time zone that its times are in, such as `Europe/Berlin`.'),
  patterns: z.array(dnsLabel()).max(500).default([]).describe('The patterns it is about; all when empty.'),
  clusters: z.array(dnsLabel()).max(500).default([]).describe('The targets it is about; all when empty.'),
};

const window = z.strictObject({
  name: shared.name,
  kind: z
    .enum(['allow', 'deny'])
    .default('allow')
    .describe('Whether changes may begin in it only, or not in it. Where both apply, `deny` wins.'),
  timeZone: shared.timeZone,
  days: z
    .array(z.enum(days).transform((day) => days.indexOf(day) + 1))
    .min(1)
    .default([1, 2, 3, 4, 5, 6, 7])
    .superRefine(refuseDuplicates((day) => days[day - 1] ?? '', 'is named twice'))
    .describe('The days on which it begins; every day when not given.'),
  from: timeOfDay('23:59').describe('The time of day at which it begins, such as `"09:00"`.'),
  to: timeOfDay('24:00').describe(
    'The time of day at which it ends; on the next day when it is not after `from`.',
  ),
  patterns: shared.patterns,
  clusters: shared.clusters,
});

const freeze = z
  .strictObject({
    name: shared.name,
    timeZone: shared.timeZone,
    from: localDate('from').describe('When it begins: `2026-12-20`, or `2026-12-20T18:00`.'),
    to: localDate('to').describe('When it ends: at the end of `2027-01-03`, or at `2027-01-04T08:00`.'),
    patterns: shared.patterns,
    clusters: shared.clusters,
  })
  .superRefine(({ from, to }, context) => {
    if (from < to) return;
    const params = { code: 'ends-before-it-begins' };
    context.addIssue({ code: 'custom', path: ['to'], message: 'must be after from', params });
  });

/** The format of the policy file, `meshwright.dev/v1alpha1`: what people write in, an `ApprovalPolicy` out. */
export const policySchema = z
  .strictObject({
    apiVersion: z.literal(policyApiVersion).describe('The version of the format.'),
    kind: z.literal('ApprovalPolicy').describe('Always `ApprovalPolicy`.'),
    people: z.array(person).min(1).max(1_000).describe('Who is who. Whoever is not here decides nothing.'),
    groups: z
      .record(approverName(), group)
      .refine((given) => Object.keys(given).length <= 200, 'must have at most 200 groups')
      .default({})
      .describe('Groups by name: a list of people, or the team of a forge.'),
    changes: changes.describe('Who approves of a change of this file. The rules before the change count.'),
    breakGlass: approverList()
      .default([])
      .describe(
        'Who may let a change go ahead at once, with a reason, without its quorum or outside of the windows; nobody when empty.',
      ),
    windows: z
      .array(window)
      .max(200)
      .default([])
      .describe('Times of the week in which changes may begin, or may not. Without any, they may always.'),
    freezes: z.array(freeze).max(200).default([]).describe('Times, once, in which no change may begin.'),
  })
  .superRefine(checkPolicy)
  .transform(toPolicy);
