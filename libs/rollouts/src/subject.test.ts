import { createHash } from 'node:crypto';
import { summarizePlan } from '@meshwright/model';
import { expect, it } from 'vitest';
import { digest, samplePlan } from '@meshwright/wording/test-support/plans';
import { requireSameSubject, subjectOf } from './subject.ts';
import { sampleApproval, sampleStatus, sampleTarget } from './test-support/samples.ts';

const other = `sha256:${'b2'.repeat(32)}` as const;
const here = summarizePlan(samplePlan({ cluster: 'here' }), digest);
const there = summarizePlan(samplePlan({ cluster: 'there' }), other);

it('is the digest of the only plan, or the digest of all in the order of their clusters', () => {
  expect(subjectOf([here])).toBe(digest);
  const both = `sha256:${createHash('sha256').update(`${digest}\n${other}\n`).digest('hex')}`;
  expect(subjectOf([here, there])).toBe(both);
  expect(subjectOf([there, here])).toBe(both);
});

it('refuses an approval that names other plans than those shown', () => {
  const status = sampleStatus({ targets: [sampleTarget({ plan: here })] });
  const approval = sampleApproval({ subject: digest });
  expect(() => requireSameSubject(status, approval)).not.toThrow();
  expect(() => requireSameSubject(status, { ...approval, subject: other })).toThrow(
    expect.objectContaining({ code: 'PLAN_MISMATCH' }),
  );
});
