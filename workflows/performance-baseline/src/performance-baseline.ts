import {
  defineQuery,
  isCancellation,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import {
  type Arm,
  type BaselineInput,
  type BaselineStatus,
  failureOf,
  Message,
  TaskQueue,
  type TrialRecord,
} from '@meshwright/model';
import { comparisonOf, nextStep } from '@meshwright/statistics';
import { keepingActivities, loadActivities, setAttributes } from '@meshwright/workflow-kit';
import { baselineDetails } from './details.ts';

const baselineStatus = defineQuery<BaselineStatus>(Message.baselineStatus);

/** A trial that was not valid is repeated so often within its block. */
const mostRepetitions = 2;
/** What a trial may take beside its load: to connect, to wait for the last answers, to give its result. */
const marginSeconds = 60;

/**
 * Measures two endpoints in blocks, in drawn order, until the comparison is decided or has as many blocks as it may. Gives
 * all trials and the verdict.
 */
export async function performanceBaseline(input: BaselineInput): Promise<BaselineStatus> {
  const { name, contrast, metrics, looks, seed } = input;
  const status: BaselineStatus = { name, contrast, metrics, blocks: [] };
  setHandler(baselineStatus, () => status);
  for (;;) {
    const step = nextStep(comparisonOf(status), { looks, seed });
    if (step.kind === 'done') {
      status.judgement = step.judgement;
      setAttributes({ verdict: step.judgement.verdict });
      await keep(input, status);
      publish(input, status);
      return status;
    }
    const [first, second] = step.order;
    const earlier = await measure(input, status, first);
    const later = await measure(input, status, second);
    const [a, b] = first === 'a' ? [earlier, later] : [later, earlier];
    status.blocks.push({ order: step.order, a, b });
  }
}

/** Waits for the results database; what it refuses for good is told, since the verdict stands without it. */
async function keep(input: BaselineInput, status: BaselineStatus): Promise<void> {
  const { workflowId, runId, startTime } = workflowInfo();
  status.waitingFor = 'the results database';
  publish(input, status);
  delete status.waitingFor;
  const context = {
    workflow: { id: workflowId, runId },
    ...(input.probe === undefined ? {} : { cluster: input.probe.cluster }),
  };
  const times = { startedAt: startTime.getTime(), endedAt: Date.now() };
  try {
    await keepingActivities('keep the baseline').keepBaseline({
      id: runId,
      context,
      input,
      status,
      ...times,
    });
  } catch (error) {
    if (isCancellation(error)) throw error;
    status.notKept = failureOf(error).message;
  }
}

async function measure(input: BaselineInput, status: BaselineStatus, arm: Arm): Promise<TrialRecord> {
  const block = status.blocks.length;
  status.waitingFor = `block ${block + 1}, arm ${arm.toUpperCase()}`;
  publish(input, status);
  const { agent, probe, generator, endpoints, load, seed } = input;
  const seconds = load.warmUpSeconds + load.seconds + 2 * load.timeoutSeconds + marginSeconds;
  const what = `${status.waitingFor}: ${load.rate} requests a second for ${load.seconds} s`;
  const taskQueue = probe === undefined ? TaskQueue.load(agent) : TaskQueue.cluster(probe.cluster);
  const activities = loadActivities({ taskQueue, what, attemptSeconds: seconds });
  const request = { ...load, endpoint: endpoints[arm], seed: seed * 1_000 + block };
  const asked = { generator, request, ...(probe === undefined ? {} : { probe }) };
  let trial = await activities.runTrial(asked);
  for (let again = 0; again < mostRepetitions && trial.invalid.length > 0; again += 1) {
    trial = await activities.runTrial(asked);
  }
  return trial;
}

function publish(input: BaselineInput, status: BaselineStatus): void {
  setCurrentDetails(baselineDetails(input, status));
}
