import { getExternalWorkflowHandle, isCancellation } from '@temporalio/workflow';

/** Signals a workflow, and gives whether it still ran; most have ended long since. */
export async function signalIfRunning(
  workflow: string,
  message: string,
  ...words: string[]
): Promise<boolean> {
  try {
    await getExternalWorkflowHandle(workflow).signal(message, ...words);
    return true;
  } catch (error) {
    // The server knows no such running workflow: it has ended.
    if (isCancellation(error)) throw error;
    return false;
  }
}
