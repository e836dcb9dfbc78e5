import { duration } from '@meshwright/document';
import type { ApprovalSpec } from '@meshwright/model';
import { z } from 'zod';
import { refuseDuplicates } from './refuse-duplicates.ts';

const nameForm = '[A-Za-z0-9](?:[-._@+/A-Za-z0-9]*[A-Za-z0-9])?';

/** The name of a person or a group: of letters, digits and `-._@+/`, so that an e-mail address can be one. */
export function approverName(): z.ZodString {
  return z
    .string()
    .min(1)
    .max(100)
    .regex(
      new RegExp(`^${nameForm}$`),
      'must be letters, digits and -._@+/, with a letter or digit at both ends',
    );
}

const approver = z
  .string()
  .max(200)
  .regex(new RegExp(`^(?:user|group):${nameForm}$`), 'must be user:<name> or group:<name>');

/** A list of approvers, each `user:<name>` or `group:<name>`. */
export function approverList(): z.ZodArray<z.ZodString> {
  return z
    .array(approver)
    .max(100)
    .superRefine(refuseDuplicates((name) => name, 'is named twice'));
}

/** How many people have to approve. */
export function quorumNumber(): z.ZodInt {
  return z.int().min(1).max(20);
}

/** A list of groups of which a member has to be among those who approve. */
export function groupList(): z.ZodArray<z.ZodString> {
  return z
    .array(approverName())
    .max(20)
    .superRefine(refuseDuplicates((name) => name, 'is named twice'));
}

/** How long an undecided gate waits, as people write it; read as milliseconds. */
export function expiry(): z.ZodType<number, string> {
  return duration({ min: '1m', max: '30d' });
}

const escalation = z
  .strictObject({
    after: duration({ min: '1m', max: '30d' }).describe('After how long without a decision.'),
    to: approverList()
      .min(1)
      .describe('Who may decide from then on as well: `user:<name>` or `group:<name>`.'),
  })
  .transform(({ after, to }) => ({ afterSeconds: after / 1_000, to }));

/** Who approves of a pattern's changes. */
export const approval = z
  .strictObject({
    required: z
      .boolean()
      .optional()
      .describe('Whether people decide on the plan before anything changes. `false` when not given.'),
    approvers: approverList()
      .default([])
      .describe(
        'Who may decide: `user:<name>` or `group:<name>` of the policy file `approvals.yaml`. Anybody it knows when empty. ' +
          'Nobody decides on a change they have a part in.',
      ),
    quorum: quorumNumber().default(1).describe('How many people must approve.'),
    requiredGroups: groupList()
      .default([])
      .describe('Groups of which at least one member each must be among those who approve.'),
    expiresAfter: expiry()
      .prefault('24h')
      .describe('After how long an undecided plan ends the rollout; from `1m` to `30d`.'),
    betweenWaves: z
      .boolean()
      .default(false)
      .describe('Whether each wave after the first waits for an approval of its own.'),
    escalation: escalation
      .exactOptional()
      .describe('Who may decide as well when nobody has for some time; nobody when not given.'),
  })
  .superRefine(checkApproval)
  .transform(({ required = false, expiresAfter, ...rest }): ApprovalSpec => {
    return { required, ...rest, expiresAfterSeconds: expiresAfter / 1_000 };
  });

interface Written extends Omit<ApprovalSpec, 'required' | 'expiresAfterSeconds'> {
  required?: boolean | undefined;
  expiresAfter: number;
}

function checkApproval(written: Written, context: z.core.$RefinementCtx): void {
  const { required, approvers, quorum, requiredGroups, betweenWaves, escalation: later } = written;
  const says = approvers.length > 0 || quorum > 1 || requiredGroups.length > 0 || betweenWaves;
  if (required === undefined && (says || later !== undefined)) {
    context.addIssue({
      code: 'custom',
      path: ['required'],
      message: 'is missing: who approves is said, but not that approval is required',
      params: {
        code: 'approval-without-effect',
        suggestion: 'Add `required: true`, or `required: false`.',
      },
    });
  }
  // How many people a group has is only known to the policy file.
  const isCountable = approvers.length > 0 && approvers.every((name) => name.startsWith('user:'));
  if (isCountable && approvers.length < quorum) {
    const users = approvers.length === 1 ? 'user' : 'users';
    context.addIssue({
      code: 'custom',
      path: ['quorum'],
      message: `cannot be reached: ${approvers.length} named ${users} may approve`,
      params: { code: 'unreachable-quorum', suggestion: 'Lower the quorum, or name more users or a group.' },
    });
  }
  if (later !== undefined) checkEscalation(later.afterSeconds, written, context);
}

function checkEscalation(
  afterSeconds: number,
  { approvers, expiresAfter }: Written,
  context: z.core.$RefinementCtx,
): void {
  if (approvers.length === 0) {
    context.addIssue({
      code: 'custom',
      path: ['escalation'],
      message: 'has no effect: without approvers anybody who is known may decide from the beginning',
      params: { code: 'escalation-without-effect', suggestion: 'Remove it, or name approvers.' },
    });
  }
  if (afterSeconds * 1_000 >= expiresAfter) {
    context.addIssue({
      code: 'custom',
      path: ['escalation', 'after'],
      message: 'has no effect: the gate has expired by then',
      params: { code: 'escalation-without-effect', suggestion: 'Make it shorter than expiresAfter.' },
    });
  }
}
