import type { ChatPlugin } from '@meshwright/plugin-sdk';
import { connect } from './connection.ts';

/** Signed CloudEvents for whatever else people read. */
export const chatWebhook: ChatPlugin = { id: 'webhook', displayName: 'Webhook', connect };
