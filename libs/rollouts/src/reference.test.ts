import { describe, expect, it } from 'vitest';
import { visibilityQuery } from './records.ts';
import { approveCommand, parseRolloutReference, workflowIdPrefix } from './reference.ts';

describe('naming a rollout', () => {
  it.each([
    ['checkout-mesh', { pattern: 'checkout-mesh' }, 'rollout:checkout-mesh@'],
    [
      'checkout-mesh@0123abc',
      { pattern: 'checkout-mesh', commit: '0123abc' },
      'rollout:checkout-mesh@0123abc',
    ],
    ['rollout:a@0123456789ab', { pattern: 'a', commit: '0123456789ab' }, 'rollout:a@0123456789ab'],
    [`a@${'0123456789'.repeat(4)}`, { pattern: 'a', commit: '012345678901' }, 'rollout:a@012345678901'],
  ])('takes %s', (text, reference, prefix) => {
    expect(parseRolloutReference(text)).toEqual(reference);
    expect(workflowIdPrefix(parseRolloutReference(text))).toBe(prefix);
  });

  it.each(['', 'A', "a' OR 1=1", 'a@xyz', 'a@01', 'change:local/istio', 'a b', '-a'])(
    'refuses %j',
    (text) => {
      expect(() => parseRolloutReference(text)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
    },
  );

  it('gives the command that approves exactly one subject', () => {
    expect(approveCommand('rollout:a@0123456789ab', 'sha256:1')).toBe(
      'meshwright approve a@0123456789ab --subject sha256:1',
    );
  });
});

describe('the query for visibility', () => {
  it('joins what is asked for', () => {
    expect(visibilityQuery({ limit: 1 })).toBe("WorkflowType = 'patternRollout'");
    const filter = { pattern: 'a', cluster: 'local', phase: 'failed' as const, running: true, limit: 1 };
    expect(visibilityQuery(filter)).toBe(
      "WorkflowType = 'patternRollout' AND MeshwrightPattern = 'a' AND MeshwrightCluster = 'local' AND MeshwrightPhase = 'failed' AND ExecutionStatus = 'Running'",
    );
  });

  it('lets no name become part of the query', () => {
    expect(() => visibilityQuery({ pattern: "a' OR '1'='1", limit: 1 })).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT' }),
    );
  });
});
