import { SearchAttribute } from '@meshwright/model';
import type { ToldRun } from '@meshwright/plugin-testkit';
import type { Scene } from '@meshwright/quickstart/test-support';

type Handle = ReturnType<Scene['temporal']['client']['workflow']['getHandle']>;
type HistoryEvent = NonNullable<Awaited<ReturnType<Handle['fetchHistory']>>['events']>[number];
type Payload = NonNullable<NonNullable<HistoryEvent['userMetadata']>['summary']>;

/** A run as the Temporal UI shows it: read from the server, as the UI reads it. */
export async function readRun({ temporal }: Pick<Scene, 'temporal'>, handle: Handle): Promise<ToldRun> {
  const described = await handle.describe();
  const { type, workflowId, status, typedSearchAttributes } = described;
  const { events } = await handle.fetchHistory();
  return {
    type,
    id: workflowId,
    state: status.name,
    summary: (await described.staticSummary()) ?? '',
    details: (await described.staticDetails()) ?? '',
    current: await currentDetails(temporal.client, { workflowId, runId: described.runId }),
    attributes: ours(typedSearchAttributes.getAll()),
    activities: (events ?? []).flatMap(activityIn),
  };
}

/** What a workflow says of itself at this moment, by the query that the UI asks; its answer is JSON of a message. */
async function currentDetails(
  { connection, options }: Scene['temporal']['client'],
  execution: { workflowId: string; runId: string },
): Promise<string> {
  const { queryResult } = await connection.workflowService.queryWorkflow({
    namespace: options.namespace,
    execution,
    query: { queryType: '__temporal_workflow_metadata' },
  });
  const [payload] = queryResult?.payloads ?? [];
  const metadata = (payload === undefined ? {} : valueOf(payload)) as { currentDetails?: string };
  return metadata.currentDetails ?? '';
}

/** Meshwright's own, in the order of their names. */
function ours(pairs: readonly { key: { name: string }; value: unknown }[]): Record<string, string> {
  const names: ReadonlySet<string> = new Set(Object.values(SearchAttribute));
  const own = pairs.filter(({ key }) => names.has(key.name));
  return Object.fromEntries(own.map(({ key, value }) => [key.name, String(value)] as const).sort());
}

function activityIn(event: HistoryEvent): ToldRun['activities'] {
  const type = event.activityTaskScheduledEventAttributes?.activityType?.name;
  if (type === undefined || type === null) return [];
  const summary = event.userMetadata?.summary;
  return [{ type, summary: summary == null ? '' : String(valueOf(summary)) }];
}

/** Payloads are JSON in clear: the engine of a trial encrypts nothing. */
function valueOf({ data }: Payload): unknown {
  return data == null ? undefined : JSON.parse(Buffer.from(data).toString('utf8'));
}
