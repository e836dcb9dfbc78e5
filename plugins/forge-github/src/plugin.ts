import { type ForgePlugin, noticeMarkdown } from '@meshwright/plugin-sdk';
import { connect } from './connection.ts';
import { receive } from './webhook.ts';

/** GitHub refuses longer ones (65,536 characters); a marker has to fit beside. */
const longestComment = 65_000;

/** GitHub: github.com, ghe.com and GitHub Enterprise Server. */
export const github: ForgePlugin = {
  id: 'github',
  displayName: 'GitHub',
  connect,
  receive,
  render: (notice) => noticeMarkdown(notice, { limit: longestComment, commandPrefix: '/' }),
};
