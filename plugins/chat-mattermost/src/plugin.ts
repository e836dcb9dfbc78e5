import type { ChatPlugin } from '@meshwright/plugin-sdk';
import { connect } from './connection.ts';
import { receive } from './receive.ts';

/** Mattermost, through its API and the actions of its posts. */
export const chatMattermost: ChatPlugin = { id: 'mattermost', displayName: 'Mattermost', connect, receive };
