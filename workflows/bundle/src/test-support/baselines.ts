import type { WorkflowHandle } from '@temporalio/client';
import {
  Arrivals,
  type BaselineInput,
  Contrast,
  LoadProtocol,
  TaskQueue,
  workflowId,
  WorkflowType,
} from '@meshwright/model';
import { loadAgentName, type World } from './world.ts';

/** Compares `http://a.example/` with `http://b.example/` by their p99, with a limit of 10 %. */
export function sampleBaseline(name: string, changes: Partial<BaselineInput> = {}): BaselineInput {
  return {
    name,
    agent: loadAgentName,
    generator: 'builtin',
    contrast: Contrast.concurrent,
    paths: {
      a: { endpoint: { protocol: LoadProtocol.http1, address: 'http://a.example/' } },
      b: { endpoint: { protocol: LoadProtocol.http1, address: 'http://b.example/' } },
    },
    load: {
      rate: 150,
      connections: 8,
      warmUpSeconds: 5,
      seconds: 20,
      arrivals: Arrivals.poisson,
      timeoutSeconds: 5,
    },
    metrics: [{ name: 'p99', unit: 'ms', limit: { relative: 0.1, absolute: 0.5 } }],
    looks: [7, 10],
    seed: 1,
    ...changes,
  };
}

/** Starts one. */
export function startBaseline(
  { client }: World,
  name: string,
  changes: Partial<BaselineInput> = {},
): Promise<WorkflowHandle> {
  return client.workflow.start(WorkflowType.performanceBaseline, {
    taskQueue: TaskQueue.orchestrator,
    workflowId: workflowId.baseline(name),
    args: [sampleBaseline(name, changes)],
  });
}
