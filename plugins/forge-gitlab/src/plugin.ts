import { type ForgePlugin, noticeMarkdown } from '@meshwright/plugin-sdk';
import { connect } from './connection.ts';
import { receive } from './webhook.ts';

/** GitLab takes a million characters; longer comments than this nobody reads. */
const longestComment = 65_000;

/** GitLab: gitlab.com and self-managed. */
export const gitlab: ForgePlugin = {
  id: 'gitlab',
  displayName: 'GitLab',
  connect,
  receive,
  render: (notice) => noticeMarkdown(notice, { limit: longestComment, commandPrefix: '/meshwright ' }),
};
