import type { WorkflowHandle } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import { sendUpdate } from './updates.ts';

/** As grpc-js makes them. */
function grpcError(code: number, message: string): Error {
  return Object.assign(new Error(`${code} X: ${message}`), { code, details: message, metadata: {} });
}

const lost = new Error('Workflow Update failed', {
  cause: grpcError(9, 'Unable to perform workflow execution update due to unexpected workflow task failure.'),
});

/** A workflow that answers with what it is given, in turn. */
function workflow(...answers: (string | Error)[]): { handle: WorkflowHandle; ids: (string | undefined)[] } {
  const ids: (string | undefined)[] = [];
  const handle = {
    executeUpdate(_name: string, options: { updateId?: string }) {
      ids.push(options.updateId);
      const answer = answers.shift();
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
  } as unknown as WorkflowHandle;
  return { handle, ids };
}

describe('an update', () => {
  it('is sent again under the same id when its task was lost', async () => {
    const { handle, ids } = workflow(lost, lost, 'taken');
    expect(await sendUpdate(handle, 'decide', { request: {} })).toBe('taken');
    expect(new Set(ids).size).toBe(1);
    expect(ids).toHaveLength(3);
  });

  it('keeps the id it was given', async () => {
    const { handle, ids } = workflow('taken');
    await sendUpdate(handle, 'decide', { request: {}, updateId: 'delivery-1' });
    expect(ids).toEqual(['delivery-1']);
  });

  it('is not sent again when it was refused, nor without an end', async () => {
    const refused = workflow(new Error('refused'));
    await expect(sendUpdate(refused.handle, 'decide', { request: {} })).rejects.toThrow('refused');
    expect(refused.ids).toHaveLength(1);
    const never = workflow(...Array<Error>(20).fill(lost));
    await expect(sendUpdate(never.handle, 'decide', { request: {} })).rejects.toBe(lost);
    expect(never.ids).toHaveLength(6);
  });
});
