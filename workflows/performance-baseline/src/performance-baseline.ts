import { defineQuery, setCurrentDetails, setHandler, workflowInfo } from '@temporalio/workflow';
import { type BaselineInput, type BaselineStatus, Message } from '@meshwright/model';
import { setAttributes } from '@meshwright/workflow-kit';
import { compareConcurrently } from './compare.ts';
import { baselineDetails } from './details.ts';
import { keepBaseline } from './keep.ts';

const baselineStatus = defineQuery<BaselineStatus>(Message.baselineStatus);

/**
 * Measures two ways in blocks, in drawn order, until the comparison is decided or has as many blocks as it may. Gives
 * all trials and the verdict.
 */
export async function performanceBaseline(input: BaselineInput): Promise<BaselineStatus> {
  const { name, contrast, metrics } = input;
  const status: BaselineStatus = { name, contrast, metrics, blocks: [] };
  setHandler(baselineStatus, () => status);
  const waitFor = (what: string): void => {
    status.waitingFor = what;
    setCurrentDetails(baselineDetails(input, status));
  };
  status.judgement = await compareConcurrently(input, status, { next: waitFor });
  setAttributes({ verdict: status.judgement.verdict });
  waitFor('the results database');
  delete status.waitingFor;
  const notKept = await keep(input, status);
  if (notKept !== undefined) status.notKept = notKept;
  setCurrentDetails(baselineDetails(input, status));
  return status;
}

function keep(input: BaselineInput, status: BaselineStatus): Promise<string | undefined> {
  const { runId, startTime } = workflowInfo();
  const cluster = input.paths.b.probe?.cluster;
  return keepBaseline(input, status, {
    id: runId,
    context: cluster === undefined ? {} : { cluster },
    startedAt: startTime.getTime(),
  });
}
