import { noticeMarkdown, type ForgePlugin } from '@meshwright/plugin-sdk';
import { connect } from './connection.ts';
import { receive } from './webhook.ts';

/** Gitea takes comments of any length; longer ones nobody reads. */
const longestComment = 65_536;

/** Gitea (and what has grown out of it and kept its API). */
export const gitea: ForgePlugin = {
  id: 'gitea',
  displayName: 'Gitea',
  connect,
  receive,
  render: (notice) => noticeMarkdown(notice, { limit: longestComment, commandPrefix: '/' }),
};
