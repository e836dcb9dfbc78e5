import type { ChatPlugin } from '@meshwright/plugin-sdk';
import { connect } from './connection.ts';
import { receive } from './receive.ts';

/** Slack, through its Web API and Socket Mode. */
export const chatSlack: ChatPlugin = { id: 'slack', displayName: 'Slack', connect, receive };
