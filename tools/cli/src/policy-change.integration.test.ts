import {
  type ApprovalPolicy,
  Message,
  type PolicyChangeStatus,
  TaskQueue,
  workflowId,
  WorkflowType,
} from '@meshwright/model';
import { readPolicy } from '@meshwright/pattern';
import { sampleRules } from '@meshwright/workflow-bundle/test-support/fake-gateway';
import { sampleCommit } from '@meshwright/workflow-bundle/test-support/samples';
import { eventually } from '@meshwright/workflow-bundle/test-support/world';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Engine, startEngine } from './test-support/engine.ts';

let engine: Engine;

beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.stop());
beforeEach(() => {
  engine.world.gateway.reset();
});

function policyOf(...names: string[]): ApprovalPolicy {
  const people = names.map((name) => `  - { name: ${name}, accounts: { local: ${name} } }\n`);
  const { policy, diagnostics } = readPolicy(
    `apiVersion: meshwright.dev/v1alpha1\nkind: ApprovalPolicy\npeople:\n${people.join('')}changes: { approvers: ['user:bob', 'user:cleo'] }\n`,
    'approvals.yaml',
  );
  if (policy === undefined) throw new Error(JSON.stringify(diagnostics));
  return policy;
}

/** Asks for the approval of a policy that adds eve; gives the id of what waits for it. */
async function change(subject: string): Promise<string> {
  const old = policyOf('bob', 'cleo');
  const before = await engine.evidence.putJson(old);
  const after = await engine.evidence.putJson(policyOf('bob', 'cleo', 'eve'));
  const { people, changes } = old;
  engine.world.gateway.rules = sampleRules({ policy: before, people, groups: {}, breakGlass: [], changes });
  const commit = sampleCommit(subject);
  const workflow = workflowId.policy('patterns', commit.id);
  await engine.world.client.workflow.start(WorkflowType.policyChange, {
    taskQueue: TaskQueue.orchestrator,
    workflowId: workflow,
    args: [
      {
        repository: 'patterns',
        commit,
        path: 'approvals.yaml',
        before,
        after,
        diagnostics: [],
        channels: [],
      },
    ],
  });
  await eventually('it waits', async () => {
    expect((await engine.run(['approvals'])).out).toContain(workflow);
  });
  return workflow;
}

async function subjectOf(workflow: string): Promise<string> {
  const gates = JSON.parse((await engine.run(['approvals', '--json'])).out) as {
    workflow: string;
    approval: { subject: string };
  }[];
  return gates.find((gate) => gate.workflow === workflow)!.approval.subject;
}

describe('a changed policy on the command line', () => {
  it('is shown by what it changes, refused to whom the old one does not name, and approved', async () => {
    const workflow = await change('Add Eve');
    const approve = ['approve', workflow, '--subject', await subjectOf(workflow)];
    expect(await engine.run([...approve, '--as', 'eve'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('belongs to nobody in the approval policy') as string,
    });
    const approved = await engine.run([...approve, '--as', 'bob']);
    expect(approved).toMatchObject({ code: 0, err: '' });
    expect(approved.out).toContain('change of the approval policy: approvals.yaml');
    expect(approved.out).toContain('+ person eve: local eve');
    expect(approved.out).not.toContain('person bob');
    // It now tells the repository's watch, which this test has not got.
    const handle = engine.world.client.workflow.getHandle(workflow);
    const status = await handle.query<PolicyChangeStatus>(Message.policyChangeStatus);
    expect(status.approval?.decisions).toMatchObject([{ decision: 'approve', person: 'bob' }]);
    await handle.terminate();
  });

  it('is rejected with a reason, and takes no decision afterwards', async () => {
    const workflow = await change('Add Eve again');
    const reject = ['reject', workflow, '--as', 'cleo', '--reason', 'who is that?'];
    const rejected = await engine.run([...reject, '--subject', await subjectOf(workflow)]);
    expect(rejected.out).toContain('Who may decide stays as it was.');
    await eventually('it is over', async () => {
      expect(await engine.run(reject)).toMatchObject({
        code: 2,
        err: expect.stringContaining('does not wait for a decision: it is rejected') as string,
      });
    });
  });
});
