import { setCurrentDetails } from '@temporalio/workflow';
import type { Delivery } from '@meshwright/model';
import { code, escapeMarkdown, gatewayActivities } from '@meshwright/workflow-kit';

/**
 * Does what somebody has asked for through a chat or a forge. Its workflow id is the service's own id of the delivery: one
 * that is sent again finds it done, also after a restart.
 */
export async function delivery(input: Delivery): Promise<{ answer: string }> {
  const { service, account, from, action } = input;
  const asked = action.kind === 'decide' ? action.decision : action.kind;
  const who = escapeMarkdown(account.name ?? account.id);
  setCurrentDetails(
    `**${escapeMarkdown(asked)}** by ${who} (${code(`${service}:${account.id}`)}), ${escapeMarkdown(from)}`,
  );
  const done = await gatewayActivities(`${asked}, asked for by ${account.name ?? account.id}`).takeDelivery(
    input,
  );
  setCurrentDetails(`**${escapeMarkdown(asked)}** by ${who}: ${escapeMarkdown(done.answer)}`);
  return done;
}
