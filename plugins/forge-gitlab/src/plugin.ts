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
  // A line that begins with /approve is a quick action of GitLab's own, whatever follows: nobody is told of it.
  render: (notice) => noticeMarkdown(notice, { limit: longestComment, commandPrefix: '/meshwright ' }),
};
